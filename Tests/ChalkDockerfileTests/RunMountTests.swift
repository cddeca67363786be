import ChalkTestSupport
import Testing

@testable import ChalkDockerfile

@Suite struct RunMountTests {
    private func flag(_ text: String) throws -> RunMountFlag {
        guard case .run(let run) = try only("RUN --mount=\(text) x") else {
            throw DockerfileError(.value, "not RUN")
        }
        return try #require(run.mounts.first)
    }

    private func mount(_ text: String) throws -> RunMount { try #require(try flag(text).mount) }

    @Test func bind() throws {
        var expected = RunMount()
        expected.target = "/x"
        #expect(try mount("target=/x") == expected)
        #expect(try mount("type=bind,dst=/x,readonly") == expected)
        #expect(try mount("TYPE=Bind,destination=/x,ro=1") == expected)
        expected.isReadOnly = false
        expected.from = "Stage"
        expected.source = "s/t"
        #expect(try mount("target=/x,rw,from=Stage,source=s/t") == expected)
        #expect(try mount("target=/x,readwrite=true,from=Stage,src=s/t") == expected)
        #expect(try mount("target=/x,ro=false,from=Stage,src=s/t") == expected)
        #expect(try flag("target=/x,from=Stage").from == "Stage")
    }

    @Test func cache() throws {
        var expected = RunMount(kind: .cache)
        expected.target = "/c"
        #expect(!expected.isReadOnly)
        #expect(try mount("type=cache,target=/c") == expected)
        expected.id = "i d"
        expected.sharing = .locked
        expected.mode = 0o1777
        expected.uid = 1000
        expected.gid = 4_294_967_295
        expected.isReadOnly = true
        #expect(
            try mount("\"type=cache,target=/c,id=i d,sharing=Locked,mode=1777,uid=1000,gid=4294967295,ro\"")
                == expected)
    }

    static let sizes: [(String, Int64?)] = [
        ("0", 0), ("100", 100), ("1k", 1024), ("1K", 1024), ("1kb", 1024), ("1KiB", 1024),
        ("1.5m", 1_572_864), ("2 g", 2_147_483_648),
        ("1t", 1_099_511_627_776), ("1p", 1_125_899_906_842_624), ("1b", 1), ("1e3", 1000), ("", nil),
        ("m", nil), ("-1", nil),
        ("1x", nil), ("1kbb", nil), ("1bb", nil), ("0x10", nil), ("9000p", nil), ("8192p", nil),
        ("8191p", 9_222_246_136_947_933_184),
        ("nan", nil), ("1.2.3", nil), ("1 2", nil),
    ]

    @Test(arguments: sizes)
    func sizeTexts(_ text: String, _ bytes: Int64?) {
        #expect(ByteSize.bytes(text) == bytes)
    }

    @Test func secretAndSSH() throws {
        let secret = try mount("type=secret,id=a/b,required")
        #expect(secret.secretID == "a/b")
        #expect(secret.secretTarget == "/run/secrets/b")
        #expect(secret.isRequired)
        let fromTarget = try mount("type=secret,target=/etc/tok,mode=0440,required=false")
        #expect(fromTarget.secretID == "tok")
        #expect(fromTarget.secretTarget == "/etc/tok")
        #expect(fromTarget.mode == 0o440)
        let variable = try mount("type=secret,source=t,env=TOKEN")
        #expect(variable.secretID == "t")
        #expect(variable.secretTarget == nil)
        #expect(variable.environmentName == "TOKEN")
        #expect(try mount("type=ssh").sshID == "default")
        #expect(try mount("type=ssh,id=g,target=/s,required=T").sshID == "g")
    }

    @Test func variables() throws {
        let written = try flag("type=$T,target=/${D:-d},id=x,from=base$")
        #expect(written.mount == nil)
        #expect(written.from == "base$")
        let run = try only("RUN --mount=type=$T,target=/${D:-d},from=base,ro=$R x")
        let values = ["T": "cache", "R": "false"]
        guard case .run(let expanded) = try run.expanding(with: { values[$0] }) else {
            Issue.record("not RUN")
            return
        }
        var expected = RunMount(kind: .cache)
        expected.target = "/d"
        expected.from = "base"
        #expect(expanded.mounts.map(\.mount) == [expected])
        #expect(throws: DockerfileError.self) { try run.expanding(with: { _ in "nonsense" }) }
    }

    @Test func quotedFields() throws {
        #expect(try mount("target=\"'/x y'\"").target == "/x y")
        // Flag quotes, then fields, then the quotes of the value.
        let mount = try mount("'\"target=/a,b\",\"source=c\"\"d e\"\"\"'")
        #expect(mount.target == "/a,b")
        #expect(mount.source == "cd e")
    }

    @Test(arguments: [5, 6] as [UInt64])
    func textsReadBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = ["a", "/x/y", "a b", "a,b", "\"q\"", "it's", "$v", "back\\slash", "é", "=", "a=b", "<<x"]
        for _ in 0..<400 {
            var mount = RunMount(kind: random.pick(RunMount.Kind.allCases))
            mount.target = random.pick(words)
            if mount.kind == .bind || mount.kind == .cache { mount.from = random.pick(["a", "B/c:d", nil]) }
            if mount.kind == .bind || mount.kind == .cache { mount.source = random.pick(words) }
            if mount.kind != .bind, mount.kind != .tmpfs {
                mount.id = random.pick(words)
                mount.mode = random.pick([0, 0o755, nil])
                mount.uid = random.pick([0, 4_000_000_000, nil])
                mount.gid = random.pick([0, 7, nil])
            }
            if mount.kind == .cache { mount.sharing = random.pick(RunMount.Sharing.allCases) }
            if mount.kind == .tmpfs { mount.sizeLimit = random.pick([0, 65_536]) }
            if mount.kind == .secret { mount.environmentName = random.pick(["TOKEN", nil]) }
            if mount.kind == .secret || mount.kind == .ssh { mount.isRequired = random.below(2) == 0 }
            mount.isReadOnly = random.below(2) == 0
            var run = RunInstruction(command: .shell("x"))
            run.mounts = [RunMountFlag(mount)]
            var writer = DockerfileWriter()
            try writer.append(.run(run))
            guard case .run(let back) = try only(writer.text).expanding(with: { _ in nil }) else {
                Issue.record("not RUN")
                return
            }
            #expect(back.mounts.map(\.mount) == [mount], "seed \(seed): \(writer.text)")
        }
    }
}
