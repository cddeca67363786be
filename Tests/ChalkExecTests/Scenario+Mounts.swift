import ChalkExec
import ChalkSystem
import Testing

extension Scenario {
    static let mounts = [
        Scenario("parts of other layers, which the step cannot change") {
            let lab = try ExecLab()
            let layer = try lab.layer(
                "other", files: ["src/a": "a\n", "src/deep/b": "b\n", "top": "top\n"],
                links: ["src/link": "/top"])
            let other = try lab.store.snapshot(for: [layer], cancellation: Cancellation())
            func tree(_ path: String = "/") -> StepMount.Tree { .init(lowers: other.directories, path: path) }
            let before = try ExecLab.listing(other.directories[0])
            let text = try lab.output(
                of: """
                    cat /all/src/deep/b /src/a /one /linked; ls /empty | wc -l
                    echo x 2>/dev/null > /src/new || echo refused
                    echo y > /rw/new && rm /rw/a && cat /rw/new && ls /rw
                    """
            ) {
                $0.mounts = [
                    .tree(tree(), destination: "/all", readOnly: true),
                    .tree(tree("/src"), destination: "/src", readOnly: true),
                    .tree(tree("src/deep/b"), destination: "/one", readOnly: true),
                    .tree(tree("/src/link"), destination: "/linked", readOnly: true),
                    .tree(.init(lowers: []), destination: "/empty", readOnly: true),
                    .tree(tree("/src"), destination: "/rw", readOnly: false),
                ]
            }
            #expect(text == "b\na\nb\ntop\n0\nrefused\ny\ndeep\nlink\nnew\n")
            #expect(try ExecLab.listing(other.directories[0]) == before)
            let missing: StepMount = .tree(tree("/none"), destination: "/x", readOnly: true)
            #expect {
                try lab.output(of: "true") { $0.mounts = [missing] }
            } throws: {
                "\($0)" == "cannot mount /none on /x: it is not in the stage or image; check source="
            }
        },
        Scenario("mounts in mounts, whatever their order") {
            let lab = try ExecLab()
            let layer = try lab.layer("src", files: ["src/a": "a\n", "src/cache/old": ""])
            let other = try lab.store.snapshot(for: [layer], cancellation: Cancellation())
            let snapshot = try lab.snapshot()
            var request = lab.request(
                "cat /work/.env; ls /work /work/cache; touch /work/cache/x /work/deep/er/y", on: snapshot)
            request.mounts = [
                .secret(id: "e", content: Array("secret\n".utf8), destination: "/work/.env"),
                .tmpfs(destination: "/work/deep/er"),
                .cache(source: lab.path + "/cache/1", destination: "/work/cache"),
                .tree(
                    .init(lowers: other.directories, path: "/src"), destination: "/work", readOnly: true),
            ]
            let ran = try lab.run(request)
            #expect(ran.result.end == .exited(0), "\(ran.errors)")
            #expect(ran.output == "secret\n/work:\na\ncache\ndeep\n\n/work/cache:\n")
            #expect(try ExecLab.listing(ran.result.changes.upper) == [])
            #expect(try ExecLab.listing(lab.path + "/cache/1") == ["x file"])
            try ran.result.changes.remove()
        },
        Scenario("a cache begins as a copy, once") {
            let lab = try ExecLab()
            let layer = try lab.layer(
                "seed", files: ["seed/a": "a\n", "seed/sub/b": "b\n"], links: ["seed/l": "a"])
            let seed = try lab.store.snapshot(for: [layer], cancellation: Cancellation())
            for expected in ["a l sub a b 0:0 750\n", "l new sub a b 0:0 750\n"] {
                let text = try lab.output(
                    of: """
                        echo $(ls /c) $(cat /c/l 2>/dev/null || echo a) $(cat /c/sub/b) $(stat -c '%u:%g %a' /c)
                        rm -f /c/a; touch /c/new
                        """
                ) {
                    $0.mounts = [
                        .cache(
                            source: lab.path + "/cache/seeded", destination: "/c", access: .init(0o750),
                            seed: .init(lowers: seed.directories, path: "/seed"))
                    ]
                }
                #expect(text == expected)
            }
            #expect(
                try lab.output(of: "touch /c/y 2>/dev/null || echo refused") {
                    $0.mounts = [
                        .cache(source: lab.path + "/cache/seeded", destination: "/c", readOnly: true)
                    ]
                } == "refused\n")
        },
        Scenario("limits of processes and memory") {
            let lab = try ExecLab()
            let text = try lab.output(of: "ulimit -n; ulimit -Hn; stat -f -c %b:%S /dev/shm") {
                $0.limits.resources = [.init(name: "nofile", soft: 64, hard: 128)]
                $0.limits.sharedMemory = 1 << 20
            }
            #expect(text == "64\n128\n256:4096\n")
            guard CurrentProcess.userID != 0 else { return }
            #expect {
                try lab.output(of: "true") { $0.limits.memory = 1 << 26 }
            } throws: {
                "\($0)" == "cannot limit the step's memory: without root it has no control group of its own;"
                    + " run as root, or leave the limit out"
            }
        },
        Scenario("agents that are not there") {
            let lab = try ExecLab()
            #expect {
                try lab.output(of: "true") {
                    $0.mounts = [.agent(.socket("/no/agent"), destination: "/run/agent")]
                }
            } throws: {
                "\($0)" == "cannot reach the SSH agent at /no/agent: no such file or directory;"
                    + " start one and set SSH_AUTH_SOCK, or give key files: --ssh default=PATH"
            }
            #expect {
                try lab.output(of: "true") {
                    let key = StepMount.Agent.Key(name: "/k", content: Array("no key".utf8))
                    $0.mounts = [.agent(.keys([key]), destination: "/run/agent")]
                }
            } throws: {
                "\($0)" == "cannot give the SSH key /k to the step: ssh-add does not take it; if it has a"
                    + " passphrase, add it to an agent of yours and use --ssh default"
            }
        },
    ]
}
