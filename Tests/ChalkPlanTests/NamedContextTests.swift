import ChalkOCI
import ChalkPlan
import Testing

/// Images and contexts that FROM, `COPY --from` and their overrides name.
struct NamedContextTests {
    private func copies(_ graph: PlanGraph) -> [FileOperation.Tree] {
        graph.stages[graph.target].steps.flatMap { step -> [FileOperation.Tree] in
            guard case .files(let operation) = step.operation else { return [] }
            return operation.items.compactMap { item in
                guard case .selection(let selection) = item.source else { return nil }
                return selection.tree
            }
        }
    }

    @Test func imagesBecomeStages() throws {
        let (graph, asked) = try Plans.plan(
            dockerfile: """
                FROM base
                COPY --from=tool:1 /a /a
                COPY --from=docker.io/library/tool:1 /b /b
                COPY --from=scratch . /c

                """, contexts: [:])
        #expect(asked == ["docker.io/library/base", "docker.io/library/tool:1"])
        #expect(copies(graph) == [.stage(1), .stage(1), .stage(2)])
        #expect(graph.stages[2].base == .scratch)
        #expect(graph.neededStages == [1, 2, 0] && graph.target == 0)
    }

    @Test func contextsStandInForImages() throws {
        let text = """
            FROM alpine
            COPY --from=files /x /x
            COPY --from=alpine:latest /y /y
            COPY --from=repo /z /z
            COPY --from=other@sha256:\(String(repeating: "a", count: 64)) /z /z

            """
        let (graph, asked) = try Plans.plan(
            dockerfile: text,
            contexts: [
                "alpine": "docker-image://debian:12", "files": "/some/where",
                "repo": "https://h/r.git#main:sub",
            ])
        #expect(
            asked == [
                "docker.io/library/debian:12",
                "docker.io/library/other@sha256:\(String(repeating: "a", count: 64))",
            ])
        guard case .image(let image) = graph.stages[0].base, case .registry(let base) = image.source else {
            Issue.record("the base is no image")
            return
        }
        #expect(base.description == "docker.io/library/debian:12")
        let trees = copies(graph)
        #expect(trees[0] == .directory("/some/where") && trees[1] == .stage(1))
        #expect(trees[2].name == "https://h/r.git#main:sub")
    }

    @Test func aDirectoryIsABaseToo() throws {
        let (graph, asked) = try Plans.plan(
            dockerfile: "FROM files AS x\nRUN true\n", contexts: ["files": "/root/fs"])
        #expect(asked == [])
        #expect(graph.stages[0].base == .stage(1) && graph.stages[1].base == .scratch)
        #expect(graph.stages[1].steps.count == 1)
        #expect(graph.neededStages == [1, 0])
    }

    @Test func aContextCalledLikeAStageReplacesIt() throws {
        let text = "FROM gone AS build\nRUN false\nFROM base\nCOPY --from=build /x /x\nCOPY --from=0 /y /y\n"
        let (graph, asked) = try Plans.plan(dockerfile: text, contexts: ["build": "docker-image://made"])
        #expect(asked == ["docker.io/library/base", "docker.io/library/made:latest"])
        #expect(graph.neededStages.flatMap { graph.stages[$0].steps.map(\.kind) } == [.copy, .copy])
    }

    @Test func laterStagesMayBeCopiedFrom() throws {
        let (graph, _) = try Plans.plan(
            dockerfile: "FROM base AS first\nCOPY --from=second /x /x\nFROM base AS second\nRUN true\n",
            contexts: [:], target: "first")
        #expect(graph.neededStages == [1, 0])
    }

    @Test(arguments: [
        ("COPY --from=b /x /x", "--from=b is the stage itself; copy from another one"),
        ("COPY --from=7 /x /x", "--from=7 is no stage: they are numbered from 0 to 1"),
        (
            "COPY --from=NoSuch /x /x",
            "--from=NoSuch names no stage, and \"NoSuch\" is not an image reference: the repository must be lower case"
        ),
        ("COPY https://h/x /x", "COPY takes no URL or git repository: https://h/x; write ADD instead"),
        ("COPY git@h:r.git /x", "COPY takes no URL or git repository: git@h:r.git; write ADD instead"),
        (
            "COPY --chmod=9 x /x",
            "--chmod=9 is no mode; write an octal one up to 7777, or clauses such as u=rwX,go=rX"
        ),
        ("COPY a b /x", "several sources need a destination that ends in /; write \"/x/\""),
        (
            "ADD --checksum=sha256:00 https://h/x /x",
            "--checksum of a URL is sha256: and 64 lower-case hexadecimal digits, not \"sha256:00\""
        ),
        (
            "ADD --checksum=xyz https://h/r.git /x",
            "--checksum of a repository is a commit in hexadecimal digits, not \"xyz\""
        ),
        ("ADD --checksum=abc x /x", "--checksum needs exactly one source, a URL or a git repository"),
        (
            "ADD --keep-git-dir=false https://h/r.git?keep-git-dir=1 /x",
            "--keep-git-dir contradicts keep-git-dir in the address"
        ),
        ("ADD https://h/r.git?nothing=1 /x", "nothing is no option of a repository"),
    ])
    func whatIsWrongSaysWhere(line: String, sentence: String) {
        let error = #expect(throws: PlanError.self) {
            try Plans.plan(dockerfile: "FROM base AS a\nFROM base AS b\n\(line)\n")
        }
        #expect(
            error?.description.hasPrefix("/spec/Dockerfile:3: \(sentence)") == true,
            "\(error?.description ?? "")")
    }

    @Test func circlesAreRefused() {
        let error = #expect(throws: PlanError.self) {
            try Plans.plan(
                dockerfile: "FROM base AS a\nCOPY --from=b /x /x\nFROM base AS b\nCOPY --from=a /x /x\n")
        }
        #expect(
            error?.description
                == "/spec/Dockerfile:3: the stage b needs itself through --from; copy from another one")
    }

    @Test(arguments: [
        ("docker-image://x:1", "docker.io/library/x:1"), ("docker-image:x", "docker.io/library/x:latest"),
        ("oci-layout:///a/b", "oci-layout:/a/b"), ("oci-layout:/a/b:tag", "oci-layout:/a/b:tag"),
    ])
    func images(value: String, source: String) throws {
        guard case .image(let found) = try NamedContext(value) else {
            Issue.record("\(value) is no image")
            return
        }
        #expect(found.description == source)
    }

    @Test(arguments: [
        ("docker-image://A", "\"A\" is not an image reference: the repository must be lower case"),
        ("oci-layout://x@sha256:1", "after @ there must be sha256: and 64 lower-case hexadecimal digits"),
        ("target:x", "target: is known to bake files only"), ("relative", "the directory must be absolute"),
        ("https://h/r.git?x=1", "x is no option of a repository"),
    ])
    func malformed(value: String, sentence: String) {
        let error = #expect(throws: NamedContext.Malformed.self) { try NamedContext(value) }
        #expect(error?.reason.hasPrefix(sentence) == true, "\(error?.reason ?? "")")
    }

    @Test func namesAreComparedAsReferences() {
        #expect(NamedContext.name("docker.io/library/alpine:latest") == "alpine")
        #expect(NamedContext.name("docker.io/me/x:1") == "me/x:1")
        #expect(NamedContext.name("ghcr.io/a/b") == "ghcr.io/a/b")
        #expect(NamedContext.name("Not A Name") == nil)
    }

    @Test func sourcesOfAdd() throws {
        let graph = try Plans.plan(
            dockerfile: """
                FROM base
                ADD a b* https://h/d/f%20g.tgz?x=1 c git@h:r.git <<EOF /dest/
                x
                EOF

                """)
        guard case .files(let operation) = graph.stages[0].steps[0].operation else {
            Issue.record("ADD puts no files")
            return
        }
        #expect(operation.items.count == 5)
        guard case .selection(let first) = operation.items[0].source,
            case .download(let url, let unpacks) = operation.items[1].source,
            case .inline("EOF", _) = operation.items[4].source
        else {
            Issue.record("\(operation.items)")
            return
        }
        #expect(first.patterns == ["a", "b*"] && first.unpacks)
        #expect(url.name == "f g.tgz" && !unpacks)
    }
}
