import ChalkOCI
import ChalkSystem
import Testing

@testable import ChalkExec

/// The pure parts: tables, variables, messages between the two halves.
struct WordsTests {
    static let passwd = Array(
        "root:x:0:0::/root:/bin/sh\nbroken\n1000:x:5:6::/five:/bin/sh\napp:x:1000:1001:::\n".utf8)
    static let group = Array(
        "root:x:0:\nempty:x:\napp:x:1001:\ng:x:3:app\nbig:x:99999999999:app\nh:x:2:x,app,y".utf8)

    @Test(
        arguments: [
            ("", 0, 0, [], "/root"), ("app", 1000, 1001, [2, 3], "/"), ("app:", 1000, 1001, [2, 3], "/"),
            ("app:root", 1000, 0, [], "/"), ("app:12", 1000, 12, [], "/"), ("77", 77, 0, [], "/"),
            // A name of digits is a name first, as it stands first in the file.
            ("1000", 5, 6, [], "/five"), ("77:app", 77, 1001, [], "/"),
        ] as [(String, UInt32, UInt32, [UInt32], String)])
    func users(_ text: String, uid: UInt32, gid: UInt32, groups: [UInt32], home: String) throws {
        let user = try StepUser(text, passwd: Self.passwd, group: Self.group)
        #expect(user.uid == uid)
        #expect(user.gid == gid)
        #expect(user.groups == groups)
        #expect(user.home == home)
    }

    @Test(arguments: ["x", "-1", "4294967296", "2147483648", "app:x", "app:-1", ":x", "broken"])
    func usersThatAreNot(_ text: String) {
        #expect(throws: ExecError.self) { try StepUser(text, passwd: Self.passwd, group: Self.group) }
    }

    @Test func withoutTables() throws {
        #expect(try StepUser("", passwd: [], group: []).home == "/root")
        #expect(try StepUser("5:6", passwd: [], group: []).gid == 6)
    }

    @Test func subordinateRanges() {
        let text = Array(
            "a:1:2\ntester:100000:65536\n# no\nx\ntester:bad:1\ntester:5:0\n1001:300000:10\n".utf8)
        let ranges = SubordinateRange.ranges(in: text, name: "tester", id: 1001)
        #expect(ranges == [.init(first: 100_000, count: 65_536), .init(first: 300_000, count: 10)])
        #expect(
            SubordinateRange.mapArguments(own: 1001, ranges: ranges)
                == ["0", "1001", "1", "1", "100000", "65536", "65537", "300000", "10"])
        #expect(SubordinateRange.ranges(in: text, name: nil, id: 7) == [])
    }

    @Test func requestsTravel() throws {
        var request = StepRequest(lowers: ["/a", "/b"], arguments: ["x", "y\nz\u{1}"])
        request.environment = ["A=ä"]
        request.extraEnvironment = ["B="]
        request.workingDirectory = "/w"
        request.user = "u:g"
        request.hostname = "h"
        request.network = .none
        request.extraHosts = [.init(name: "n", address: "1.2.3.4")]
        request.mounts = [
            .bind(source: "/s", destination: "/d", readOnly: true),
            .cache(
                source: "/s", destination: "/d", access: .init(0o700, uid: 1, gid: 2),
                seed: .init(lowers: ["/l"], path: "/p"), readOnly: true),
            .tree(.init(lowers: ["/a", "/b"]), destination: "/tree", readOnly: false),
            .tmpfs(destination: "/t"), .tmpfs(destination: "/t", size: 4096),
            .file(content: [1], destination: "/f"),
            .secret(
                id: "s", content: [0, 127, 128, 255], destination: "/x",
                access: .init(0o440, uid: 3, gid: 4)),
            .agent(.socket("/sock"), destination: "/y"),
            .agent(.keys([.init(name: "/k", content: [7])]), destination: "/z", access: .init(0o600)),
        ]
        request.limits.memory = 1 << 30
        request.limits.processors = "0-1"
        request.limits.resources = [.init(name: "nofile", soft: 1, hard: -1)]
        request.hostCertificates = "/ca"
        request.sourceDateEpoch = 5
        request.layer = .object([.init("k", .array([.integer(1)]))])
        #expect(try StepRequest(json: try JSON.parse(Array(request.json.compact().utf8))) == request)
        let bare = StepRequest(lowers: [], arguments: ["x"])
        #expect(try StepRequest(json: bare.json) == bare)
        // What is kept on a disk has no secrets.
        let kept = try KeptStep(name: "n", document: KeptStep.document(request, "words"))
        #expect(kept.words == "words" && kept.secrets.map(\.id) == ["s"])
        #expect(kept.request.mounts == Array(request.mounts[..<6]) + [request.mounts[7]])
        #expect(kept.request.extraEnvironment.isEmpty && kept.request.layer == nil)
    }

    @Test(arguments: [
        "{}", "{\"kind\":\"x\"}", "{\"kind\":\"run\"}", "{\"kind\":\"unpack\",\"layers\":[[\"a\"]]}",
    ])
    func messagesThatAreNot(_ text: String) throws {
        let json = try JSON.parse(Array(text.utf8))
        #expect(throws: ExecError.self) { try WorkerJob(json: json) }
    }

    @Test(arguments: [ChildProcess.End.exited(0), .exited(255), .signalled(9)])
    func endsTravel(_ end: ChildProcess.End) throws {
        #expect(try ChildProcess.End(json: end.json) == end)
    }

    @Test func variables() {
        var request = StepRequest(lowers: [], arguments: [])
        request.environment = ["PATH=/x", "SOURCE_DATE_EPOCH=1", "SSL_CERT_FILE=/a"]
        request.sourceDateEpoch = 2
        request.extraEnvironment = ["HOME=/h"]
        #expect(
            StepEnvironment.variables(request, home: "/root", mounts: ["SSL_CERT_FILE=/b"])
                == ["PATH=/x", "SOURCE_DATE_EPOCH=1", "SSL_CERT_FILE=/b", "HOME=/h"])
    }
}
