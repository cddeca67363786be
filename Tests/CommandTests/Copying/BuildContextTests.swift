import ChalkSystem
import Foundation
import Testing

/// `--build-context` and images in `--from`.
@Suite(.serialized) struct BuildContextTests {
    private let copies: CopyLab

    init() throws { copies = try CopyLab() }

    @Test func directories() throws {
        let other = try copies.lab.write("named\n", to: "other/sub/f")
        try copies.lab.write("hidden", to: "other/no")
        try copies.lab.write("no\n", to: "other/.dockerignore")
        let flag = ["--build-context", "files=\(PathText.parent(of: PathText.parent(of: other)))"]
        let tree = try copies.listing(
            "FROM scratch\nCOPY --from=files sub /x/\nCOPY --from=files . /all/\n", flag)
        #expect(tree["x/f"] == "f 644 0:0" && tree["all/sub/f"] != nil && tree["all/no"] == nil)
        let missing = try copies.build("FROM scratch\nCOPY --from=files no /x\n", flag)
        #expect(missing.errors.contains("no is left out of the named build context by "), "\(missing.errors)")
        // As the base of a stage it is the whole tree.
        let based = try copies.listing("FROM files AS base\nFROM base\nCOPY file.txt /sub/\n", flag)
        #expect(based.keys.sorted() == [".dockerignore", "sub", "sub/f", "sub/file.txt"])
        let relative = try copies.lab.chalk(
            ["build", "-f", "context/Dockerfile", "context", "--build-context", "files=other"],
            in: copies.lab.path)
        #expect(relative.status == 0, "\(relative.errors)")
    }

    @Test func images() throws {
        let base = "localhost/busybox:test"
        try copies.lab.succeed(
            ["build", "-f", "Dockerfile", ".", "-t", "localhost/tool:1"],
            in: try dockerfile(
                "FROM scratch\nLABEL a=b\nENV WHO=tool\nCOPY file.txt /tool\n"))
        let layout = copies.lab.path + "/layout"
        try copies.lab.succeed(["export", "localhost/tool:1", "-o", "type=oci,dest=\(layout)"])
        for value in ["docker-image://localhost/tool:1", "oci-layout://\(layout)", "oci-layout:\(layout):1"] {
            let tree = try copies.listing(
                "FROM \(base)\nCOPY --from=tool /tool /x\nCOPY --from=tool:latest / /all/\n",
                ["--build-context", "tool=\(value)"])
            #expect(tree["x"] == "f 644 0:0" && tree["all/tool"] != nil, "\(value)")
            // It stands in for a base as well, config and all.
            let based = try copies.listing(
                "FROM docker.io/library/tool\n", ["--build-context", "tool=\(value)"])
            #expect(based.keys.sorted() == ["tool"], "\(value)")
            #expect(try copies.lab.config("ours")["Labels"] as? [String: String] == ["a": "b"])
        }
        let digest = try #require(
            (try EquivalenceLab.object(try String(contentsOfFile: layout + "/index.json", encoding: .utf8))[
                "manifests"]
                as? [[String: Any]])?.first?["digest"] as? String)
        _ = try copies.listing("FROM t\n", ["--build-context", "t=oci-layout://\(layout)@\(digest)"])
        let without = try copies.listing("FROM \(base)\nCOPY --from=localhost/tool:1 /tool /x\n")
        #expect(without["x"] == "f 644 0:0")
    }

    private func dockerfile(_ text: String) throws -> String {
        try copies.lab.write(text, to: "context/Dockerfile")
        return copies.context
    }

    @Test func stagesAreReplaced() throws {
        let flag = ["--build-context", "build=\(copies.context)/dir"]
        let tree = try copies.listing(
            "FROM registry.invalid/x AS build\nRUN false\nFROM scratch\nCOPY --from=build one /one\n", flag)
        #expect(tree.keys.sorted() == ["one"])
    }

    @Test(arguments: [
        ("x", 2, "--build-context is NAME=VALUE, not \"x\""),
        ("x=", 2, "--build-context is NAME=VALUE, not \"x=\""),
        (
            "A B=/tmp", 2,
            "the build context A B=/tmp cannot be used: the name must be one that an image could have"
        ),
        ("x=/no/such", 3, "the build context x=/no/such cannot be used: it is not a directory"),
        ("x=docker-image://A", 2, "the build context x=docker-image://A cannot be used: "),
        ("x=oci-layout:///no/such", 3, "there is no directory at /no/such; name an OCI layout"),
    ])
    func whatIsWrong(value: String, status: Int32, sentence: String) throws {
        let ran = try copies.build("FROM x\n", ["--build-context", value])
        #expect(ran.status == status)
        #expect(ran.errors.contains(sentence), "\(ran.errors)")
    }

    @Test func plansKnowContexts() throws {
        let flag = ["--build-context", "files=\(copies.context)/many"]
        let file =
            "FROM localhost/busybox:test\nCOPY --from=files a/f.txt /x\nCOPY --from=localhost/busybox:test /etc /y\n"
        #expect(try copies.plan(file, flag).verdict == "miss")
        try #require(try copies.build(file, flag).status == 0)
        #expect(try copies.plan(file, flag).verdict == "hit")
    }
}
