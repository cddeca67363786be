import ChalkExec
import ChalkSystem
import Testing

extension Scenario {
    static let identities = [
        Scenario("users and groups") {
            let lab = try ExecLab()
            let script = "id -u; id -g; id -G; echo $HOME"
            for (user, expected) in [
                ("", "0\n0\n0\n/root\n"), ("root", "0\n0\n0\n/root\n"),
                ("app", "1000\n1001\n1001 10 1002\n/home/app\n"),
                ("1000", "1000\n1001\n1001 10 1002\n/home/app\n"), ("app:wheel", "1000\n10\n10\n/home/app\n"),
                ("4242", "4242\n0\n0\n/\n"), ("4242:77", "4242\n77\n77\n/\n"),
            ] {
                #expect(try lab.output(of: script) { $0.user = user } == expected, "\(user)")
            }
        },
        Scenario("unknown users and groups") {
            let lab = try ExecLab()
            for (user, expected) in [
                (
                    "nobody",
                    "cannot run as user nobody: the image's /etc/passwd has no such user;"
                        + " add it in an earlier step or give a number"
                ),
                (
                    "app:staff",
                    "cannot run with group staff: the image's /etc/group has no such group;"
                        + " add it in an earlier step or give a number"
                ),
            ] {
                #expect {
                    try lab.output(of: "true") { $0.user = user }
                } throws: {
                    ($0 as? ExecError)?.code == .unknownUser && "\($0)" == expected
                }
            }
        },
        Scenario("passwd is never the host's") {
            let lab = try ExecLab()
            let layer = try lab.layer(
                "links", files: [:],
                links: ["etc/passwd": "../../../../../../etc/passwd", "etc/group": "/nowhere"])
            let snapshot = try lab.snapshot([layer])
            var request = lab.request("true", on: snapshot)
            // Every Debian has this user; the image's link leads to itself.
            request.user = "daemon"
            #expect(throws: ExecError.self) { try lab.run(request) }
        },
        Scenario("files of other users can be removed") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            var request = lab.request(
                "mkdir -p /o/p; touch /o/p/f; chown -R 1000:1001 /o; chmod 0 /o/p /o; exit 1", on: snapshot)
            request.keptAs = "the step"
            _ = try lab.run(request)
            let kept = try lab.executor.keptSteps()
            #expect(kept.count == 1)
            for name in kept { try lab.executor.removeKept(name) }
            #expect(try ExecLab.listing(lab.store.home + "/kept") == [])
        },
    ]
}
