import ChalkExec
import ChalkOCI
import ChalkSystem
import Testing

extension Scenario {
    static let steps = [
        Scenario("exit statuses") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            for (script, status) in [
                ("true", 0), ("exit 7", 7), ("exit 255", 255), ("sh -c 'kill -9 $$'; exit $?", 137),
            ] {
                #expect(try lab.run(lab.request(script, on: snapshot)).result.end == .exited(Int32(status)))
            }
        },
        Scenario("output and errors come apart, input is empty") {
            let lab = try ExecLab()
            let ran = try lab.run(
                lab.request("echo out; echo err >&2; cat; echo end", on: try lab.snapshot()))
            #expect(ran.output == "out\nend\n")
            #expect(ran.errors == "err\n")
            #expect(ran.result.warnings == [])
        },
        Scenario("big output arrives whole") {
            let lab = try ExecLab()
            var bytes = 0
            let request = lab.request("dd if=/dev/zero bs=1M count=32 2>/dev/null", on: try lab.snapshot())
            let result = try lab.executor.run(
                request, output: { bytes += $0.bytes.count }, cancellation: Cancellation())
            #expect(result.end == .exited(0))
            #expect(bytes == 32 << 20)
        },
        Scenario("variables and working directory") {
            let lab = try ExecLab()
            let text = try lab.output(of: "env; pwd; stat -c '%u:%g %a' .; umask; hostname") {
                $0.environment = ["B=2", "A=one two", "A=last"]
                $0.extraEnvironment = ["EXTRA=x", "B=3"]
                $0.sourceDateEpoch = 1_600_000_000
                $0.workingDirectory = "/made/here"
                $0.user = "app"
            }
            let lines = text.split(separator: "\n").map(String.init)
            let variables = lines.dropLast(4).filter { !$0.hasPrefix("SHLVL=") && !$0.hasPrefix("PWD=") }
            #expect(
                variables.sorted() == [
                    "A=last", "B=3", "EXTRA=x", "HOME=/home/app",
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "SOURCE_DATE_EPOCH=1600000000",
                ])
            #expect(Array(lines.suffix(4)) == ["/made/here", "1000:1001 755", "0022", "chalk"])
        },
        Scenario("a step gets three descriptors") {
            let lab = try ExecLab()
            // The fourth is the directory that ls reads.
            #expect(try lab.output(of: "ls /proc/self/fd | wc -l") == "4\n")
        },
        Scenario("networks") {
            let lab = try ExecLab()
            #expect(try lab.output(of: "ls /sys/class/net") { $0.network = .none } == "lo\n")
            #expect(try lab.output(of: "cat /etc/resolv.conf") { $0.network = .none } == "")
            let host = try FileDescriptor.directory("/sys/class/net").entries().map(\.name.display)
            #expect(try lab.output(of: "ls /sys/class/net") == host.map { $0 + "\n" }.joined())
            let resolver = try FileSystem.read("/etc/resolv.conf", limit: 1 << 20)
            #expect(try lab.output(of: "cat /etc/resolv.conf") == String(decoding: resolver, as: UTF8.self))
            let hosts = try lab.output(of: "cat /etc/hosts") {
                $0.network = .none
                $0.hostname = "builder"
                $0.extraHosts = [.init(name: "mirror", address: "10.1.2.3")]
            }
            #expect(
                hosts == """
                    127.0.0.1 localhost
                    ::1 localhost ip6-localhost ip6-loopback
                    127.0.0.1 builder
                    10.1.2.3 mirror

                    """)
        },
        Scenario("capabilities, devices and hidden files") {
            let lab = try ExecLab()
            let text = try lab.output(
                of: """
                    while read name value; do case $name in CapBnd:|CapInh:|CapAmb:|NoNewPrivs:) echo $name $value; esac
                    done < /proc/self/status
                    ls /dev | { while read name; do test $name = core || echo $name; done; }; cat /proc/kcore | wc -c; touch /sys/x /proc/sys/x 2>/dev/null || echo read-only
                    """)
            #expect(
                text == """
                    CapInh: 0000000000000000
                    CapBnd: 00000000a80425fb
                    CapAmb: 0000000000000000
                    NoNewPrivs: 0
                    fd
                    full
                    mqueue
                    null
                    ptmx
                    pts
                    random
                    shm
                    stderr
                    stdin
                    stdout
                    tty
                    urandom
                    zero
                    0
                    read-only

                    """)
        },
        Scenario("two steps at once") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            let results = try IOPool.shared.concurrentMap(Array(0..<4), width: 4) { number in
                try lab.run(lab.request("echo \(number) > /file; cat /file", on: snapshot)).output
            }
            #expect(results == ["0\n", "1\n", "2\n", "3\n"])
        },
        Scenario("a hundred layers") {
            let lab = try ExecLab()
            let layers = try (0..<100).map {
                try lab.layer("l\($0)", files: ["many/\($0)": "\($0)", "top": "\($0)"])
            }
            let snapshot = try lab.snapshot(layers)
            #expect(snapshot.directories.count == 101)
            let ran = try lab.run(
                lab.request("ls /many | wc -l; cat /top /many/0; rm /many/50", on: snapshot))
            #expect(ran.output == "100\n990")
            #expect(try ExecLab.listing(ran.result.changes.upper) == ["many/", "many/50 whiteout"])
            try ran.result.changes.remove()
        },
        Scenario("the layer is written by the same worker") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            var request = lab.request("exit 3", on: snapshot)
            request.layer = .null
            let sink = MemorySink()
            let failed = try lab.run(request, layer: sink)
            #expect(failed.result.layer == nil)
            #expect(sink.bytes == [])
        },
    ]
}
