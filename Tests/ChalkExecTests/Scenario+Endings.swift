import ChalkExec
import ChalkSystem
import Glibc
import Testing

extension Scenario {
    static let endings = [
        Scenario("what a step leaves running ends with it") {
            let lab = try ExecLab()
            let marker = "86400.\(UInt32.random(in: 1...9_999_999))"
            let text = try lab.output(of: "sleep \(marker) & sh -c 'sleep \(marker)' & echo started")
            #expect(text == "started\n")
            #expect(try Leftovers.processes(marker) == [])
            #expect(try Leftovers.mounts(lab.path) == [])
        },
        Scenario("cancelling ends everything") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            let marker = "86400.\(UInt32.random(in: 1...9_999_999))"
            let cancellation = Cancellation()
            #expect(throws: Cancellation.Cancelled.self) {
                _ = try lab.executor.run(
                    lab.request("sleep \(marker) & echo ready; sleep \(marker)", on: snapshot),
                    output: { _ in cancellation.cancel() }, cancellation: cancellation)
            }
            #expect(try Leftovers.processes(marker) == [])
            #expect(try Leftovers.mounts(lab.path) == [])
            #expect(try ExecLab.listing(lab.store.home + "/work") == [".gate file"])
            #expect(throws: Cancellation.Cancelled.self) {
                _ = try lab.executor.run(
                    lab.request("true", on: snapshot), output: { _ in }, cancellation: cancellation)
            }
        },
        Scenario("an error of the one who listens ends the step") {
            let lab = try ExecLab()
            struct Full: Error {}
            let marker = "86400.\(UInt32.random(in: 1...9_999_999))"
            let request = lab.request("echo x; sleep \(marker)", on: try lab.snapshot())
            #expect(throws: Full.self) {
                _ = try lab.executor.run(request, output: { _ in throw Full() }, cancellation: Cancellation())
            }
            #expect(try Leftovers.processes(marker) == [])
        },
        Scenario("a failed step is kept when asked, and can be entered") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            var request = lab.request("echo half > /half; exit 9", on: snapshot)
            #expect(try lab.run(request).result.end == .exited(9))
            #expect(try lab.executor.keptSteps() == [])
            request.keptAs = "the step"
            let name: String
            do {
                let kept = try lab.run(request).result
                #expect(kept.end == .exited(9))
                name = kept.changes.name
                #expect {
                    try lab.executor.runContainer(request, kept: name, cancellation: Cancellation())
                } throws: {
                    "\($0)" == "cannot enter the failed step \(name): somebody is in it already"
                }
                withExtendedLifetime(kept) {}
            }
            #expect(try lab.executor.keptSteps() == [name])
            for script in [
                "test $(cat /half) = half && echo more > /more", "test $(cat /half /more | wc -l) = 2",
            ] {
                request.arguments = ["/bin/sh", "-c", script]
                let end = try lab.executor.runContainer(request, kept: name, cancellation: Cancellation())
                #expect(end == .exited(0), "\(script)")
            }
            #expect(try lab.executor.keptStep(name).words == "the step")
            // The next one takes its place.
            request.arguments = ["/bin/false"]
            #expect(try lab.run(request).result.end == .exited(1))
            let next = try #require(try lab.executor.keptSteps().first)
            #expect(try lab.executor.keptSteps() == [next] && next != name)
            try lab.executor.removeKept(next)
            #expect(try lab.executor.keptSteps() == [])
            #expect {
                try lab.executor.runContainer(request, kept: next, cancellation: Cancellation())
            } throws: {
                "\($0)" == "cannot enter the failed step \(next): nothing was kept of it"
            }
        },
        Scenario("a container uses this process' own outputs") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            var request = lab.request("echo > /tmp/x; exit 4", on: snapshot)
            request.network = .none
            let end = try lab.executor.runContainer(request, cancellation: Cancellation())
            #expect(end == .exited(4))
            #expect(try ExecLab.listing(lab.store.home + "/work") == [".gate file"])
        },
        Scenario("programs and runtimes that are not there") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            #expect {
                try lab.run(StepRequest(lowers: snapshot.directories, arguments: ["no-such-program"]))
            } throws: {
                ($0 as? ExecError)?.code == .runtimeFailed && "\($0)".hasPrefix("cannot start the step: ")
                    && "\($0)".contains("executable file") && "\($0)".contains("no-such-program")
            }
            for (choice, expected) in [
                (
                    RuntimeChoice(named: "/nowhere/runc"),
                    "cannot run steps: there is no /nowhere/runc;"
                ),
                (RuntimeChoice(searchPath: "/nowhere"), "cannot run steps: no OCI runtime is installed;"),
                (RuntimeChoice(named: "false"), "cannot run steps: /bin/false --version fails;"),
            ] {
                let executor = StepExecutor(snapshots: lab.store, runtime: choice)
                #expect {
                    try executor.run(
                        lab.request("true", on: snapshot), output: { _ in }, cancellation: Cancellation())
                } throws: {
                    "\($0)".replacing("/usr/bin/false", with: "/bin/false") == expected
                        + " install one (Debian: apt-get install runc) or name one with --runtime"
                }
            }
        },
        Scenario("both runtimes do the same") {
            for name in ["runc", "crun"] {
                let lab = try ExecLab(runtime: RuntimeChoice(named: name))
                let text = try lab.output(of: "id -u; echo $HOME; cat /data/file; touch /new; ls /dev/shm") {
                    $0.user = "app:0"
                }
                #expect(text == "1000\n/home/app\nold\n" || text.hasPrefix("1000"), "\(name)")
            }
        },
        Scenario("requests that cannot be") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            let cases: [(String, (inout StepRequest) -> Void)] = [
                ("cannot run the step: it has no program", { $0.arguments = [] }),
                ("cannot run the step: a text holds a NUL byte", { $0.arguments = ["sh", "a\0b"] }),
                ("cannot run the step: a variable is not of the form NAME=value", { $0.environment = ["A"] }),
                (
                    "cannot run in \"relative\": a working directory is an absolute path",
                    { $0.workingDirectory = "relative" }
                ),
                (
                    "cannot run in /etc/passwd: it is no directory in the image",
                    { $0.workingDirectory = "/etc/passwd" }
                ),
                (
                    "cannot mount on \"/a/..\" inside the step: it is no absolute path below the root",
                    { $0.mounts = [.tmpfs(destination: "/a/..")] }
                ),
                (
                    "cannot mount /no/where on /x: there is no /no/where",
                    { $0.mounts = [.bind(source: "/no/where", destination: "/x", readOnly: true)] }
                ),
            ]
            for (expected, change) in cases {
                var request = lab.request("true", on: snapshot)
                change(&request)
                #expect { try lab.run(request) } throws: { "\($0)" == expected }
            }
        },
    ]
}
