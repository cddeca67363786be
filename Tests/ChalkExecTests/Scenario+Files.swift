import ChalkExec
import ChalkSystem
import Testing

extension Scenario {
    static let files = [
        Scenario("changes are what the step did and nothing else") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            let nothing = try lab.run(lab.request("cat /etc/hosts /etc/resolv.conf >/dev/null", on: snapshot))
            #expect(try ExecLab.listing(nothing.result.changes.upper) == [])
            #expect(
                nothing.result.engineMadePaths == ["dev", "etc/hosts", "etc/resolv.conf", "proc", "sys"])
            try nothing.result.changes.remove()

            let script = """
                mkdir /new && echo hi > /new/file && chown 1000:1001 /new/file && rm /etc/group
                echo x >> /etc/hosts; rm -r /data; mkdir /data; ln -s /new /link; mknod /pipe p
                """
            let ran = try lab.run(lab.request(script, on: snapshot))
            #expect(ran.result.end == .exited(0), "\(ran.errors)")
            #expect(
                try ExecLab.listing(ran.result.changes.upper) == [
                    "data/", "etc/", "etc/group whiteout", "link link", "new/", "new/file file", "pipe fifo",
                ])
            try ran.result.changes.remove()
            #expect(try ExecLab.listing(lab.store.home + "/work") == [".gate file"])
        },
        Scenario("directories above mount points keep their attributes") {
            let lab = try ExecLab()
            let text = try lab.output(of: "stat -c '%a %Y %n' / /etc /data; ls /data") {
                $0.mounts = [.tmpfs(destination: "/data/deep/mount")]
            }
            let root = try lab.snapshot().directories[0]
            let times = try ["", "/etc", "/data"].map { try FileSystem.status(root + $0).modified.seconds }
            #expect(
                text == """
                    755 \(times[0]) /
                    755 \(times[1]) /etc
                    755 \(times[2]) /data
                    deep
                    file

                    """)
        },
        Scenario("binds, read-only and not") {
            let lab = try ExecLab()
            try FileSystem.makeDirectories(lab.path + "/shared", mode: 0o755)
            try ExecLab.write("host\n", to: lab.path + "/shared/file")
            let text = try lab.output(
                of: "cat /ro/file /one; echo no 2>/dev/null > /ro/file || echo refused; echo yes > /rw/new"
            ) {
                $0.mounts = [
                    .bind(source: lab.path + "/shared", destination: "/ro", readOnly: true),
                    .bind(source: lab.path + "/shared/file", destination: "/one", readOnly: true),
                    .bind(source: lab.path + "/shared", destination: "/rw", readOnly: false),
                ]
            }
            #expect(text == "host\nhost\nrefused\n")
            #expect(try FileSystem.read(lab.path + "/shared/new", limit: 10) == Array("yes\n".utf8))
            #expect(try FileSystem.read(lab.path + "/shared/file", limit: 10) == Array("host\n".utf8))
        },
        Scenario("a cache is shared and never in the changes") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            for (round, expected) in [(1, "0\n"), (2, "1\n"), (3, "2\n")] {
                var request = lab.request(
                    "ls /var/cache/x | wc -l; echo > /var/cache/x/\(round)", on: snapshot)
                request.mounts = [.cache(source: lab.path + "/cache/x", destination: "/var/cache/x")]
                let ran = try lab.run(request)
                #expect(ran.output == expected)
                #expect(try ExecLab.listing(ran.result.changes.upper) == [])
                #expect(ran.result.engineMadePaths.contains("var/cache/x"))
                try ran.result.changes.remove()
            }
            let owned = try lab.output(of: "stat -c '%u:%g %a' /c; touch /c/by-user") {
                $0.user = "1000:1001"
                $0.mounts = [
                    .cache(
                        source: lab.path + "/owned", destination: "/c",
                        access: .init(0o750, uid: 1000, gid: 1001))
                ]
            }
            #expect(owned == "1000:1001 750\n")
        },
        Scenario("memory ends with the step") {
            let lab = try ExecLab()
            let text = try lab.output(
                of:
                    "echo x > /data/f; ls /data; dd if=/dev/zero of=/data/g bs=1k count=99 2>/dev/null || echo full"
            ) {
                $0.mounts = [.tmpfs(destination: "/data", size: 8192)]
            }
            #expect(text == "f\nfull\n")
        },
        Scenario("secrets are there and stay nowhere") {
            let lab = try ExecLab()
            let marker = "secret-\(RandomName.make())"
            let text = try lab.output(
                of: "cat /run/secrets/token; stat -c ' %u:%g %a' /run/secrets/token /etc/key"
            ) {
                $0.user = "app"
                $0.mounts = [
                    .secret(
                        id: "token", content: Array(marker.utf8), destination: "/run/secrets/token",
                        access: .init(0o440, uid: 1000, gid: 1001)),
                    .secret(id: "key", content: [1, 2, 255], destination: "/etc/key"),
                ]
            }
            #expect(text == "\(marker) 1000:1001 440\n 0:0 400\n")
            #expect(try lab.output(of: "ls /run /etc/key 2>/dev/null || echo gone") == "gone\n")
            for name in try ExecLab.listing(lab.path + "/store").filter({ $0.hasSuffix(" file") }) {
                let file = "\(lab.path)/store/\(name.dropLast(5))"
                guard let bytes = try? FileSystem.read(file, limit: 1 << 26) else { continue }
                #expect(!String(decoding: bytes, as: UTF8.self).contains(marker), "\(name)")
            }
        },
        Scenario("the host's certificates") {
            let lab = try ExecLab()
            try ExecLab.write("host's\n", to: lab.path + "/ca.crt")
            let bundle = "/etc/ssl/certs/ca-certificates.crt"
            let script = "cat \(bundle); cat $SSL_CERT_FILE; echo $SSL_CERT_FILE"
            #expect(try lab.output(of: "cat \(bundle); echo $SSL_CERT_FILE") == "image's own\n\n")
            #expect(
                try lab.output(of: script) { $0.hostCertificates = lab.path + "/ca.crt" }
                    == "host's\nhost's\n\(bundle)\n")
            #expect(
                try lab.output(of: script) {
                    $0.hostCertificates = lab.path + "/ca.crt"
                    $0.environment = ["SSL_CERT_FILE=/opt/own.crt"]
                } == "host's\nhost's\n/opt/own.crt\n")
            let bare = try lab.snapshot([try lab.layer("links", files: ["x": ""])])
            var request = StepRequest(lowers: [bare.directories[0]], arguments: ["/bin/true"])
            request.hostCertificates = lab.path + "/ca.crt"
            #expect(throws: ExecError.self) { try lab.run(request) }
            #expect {
                try lab.output(of: "true") { $0.hostCertificates = lab.path + "/none" }
            } throws: { error in
                "\(error)" == "cannot give the host's certificates to the step: \(lab.path)/none is no file"
            }
        },
        Scenario("links of a hostile image stay inside") {
            let lab = try ExecLab()
            let outside = lab.path + "/outside"
            try FileSystem.makeDirectories(outside, mode: 0o777)
            let up = String(repeating: "../", count: 9)
            let layer = try lab.layer(
                "hostile", files: ["inner/x": ""],
                links: [
                    "out": up + outside.dropFirst(), "abs": outside, "run": "/inner", "loop": "loop",
                    "dangling": "/far/away",
                ])
            let snapshot = try lab.snapshot([layer])
            var request = lab.request("ls /inner; readlink /out >/dev/null && ls /far", on: snapshot)
            request.mounts = [
                .tmpfs(destination: "/out/a"), .tmpfs(destination: "/abs/b"), .tmpfs(destination: "/run/c"),
                .tmpfs(destination: "/dangling"),
            ]
            let ran = try lab.run(request)
            #expect(ran.output == "c\nx\naway\n", "\(ran.errors)")
            #expect(try ExecLab.listing(outside) == [])
            #expect(try ExecLab.listing(ran.result.changes.upper) == [])
            try ran.result.changes.remove()

            request.mounts = [.tmpfs(destination: "/loop/x")]
            #expect { try lab.run(request) } throws: {
                "\($0)" == "cannot use /loop/x inside the step: too many links at /loop"
            }
            request.mounts = [.tmpfs(destination: "/etc/passwd/x")]
            #expect { try lab.run(request) } throws: {
                "\($0)" == "cannot use /etc/passwd/x inside the step: /etc/passwd is no directory"
            }
        },
    ]
}
