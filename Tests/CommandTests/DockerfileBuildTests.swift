import ChalkSystem
import Foundation
import Testing

/// `build -f DOCKERFILE CONTEXT`.
@Suite(.serialized) struct DockerfileBuildTests {
    private let lab: EquivalenceLab

    init() throws {
        lab = try EquivalenceLab()
        try lab.makeBase()
        try lab.write("from the context\n", to: "context/file.txt")
        try lab.write("#!/bin/sh\n", to: "context/sub/run.sh", mode: 0o755)
    }

    private func build(_ dockerfile: String, _ flags: [String] = []) throws -> EquivalenceLab.Ran {
        let file = try lab.write(dockerfile, to: "context/Dockerfile")
        try EquivalenceLab.shell("rm -rf \"$0\"", [lab.path + "/tree"])
        return try lab.chalk(
            ["build", "-f", file, lab.path + "/context", "-t", "x", "-o", "type=dir,dest=\(lab.path)/tree"]
                + flags)
    }

    /// Builds and gives the tree: type, mode and owner by path.
    private func tree(_ dockerfile: String, _ flags: [String] = []) throws -> [String: String] {
        let ran = try build(dockerfile, flags)
        try #require(ran.status == 0, "\(ran.errors)")
        return try EquivalenceLab.listing(lab.path + "/tree").mapValues {
            $0.split(separator: " ", omittingEmptySubsequences: false).prefix(3).joined(separator: " ")
        }
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(lab.path)/tree/\(path)", encoding: .utf8)
    }

    private static let stages = """
        ARG BASE=localhost/busybox
        FROM registry.invalid/no/such:image AS unbuildable
        RUN false
        FROM ${BASE}:test AS first
        RUN echo first > /first
        FROM first AS second
        RUN echo second > /second
        FROM ${BASE}:test
        COPY --from=second /second /copied

        """

    @Test func stagesCanBeForAnotherPlatform() throws {
        let other = "FROM scratch\nCOPY file.txt /other\n"
        let flags = ["--platform", "linux/arm64", "-t", "localhost/other:1"]
        #expect(try build(other, flags).status == 0)
        let from = "FROM --platform=linux/arm64 localhost/other:1"
        let both = try tree(
            "\(from) AS other\nFROM localhost/busybox:test\nCOPY --from=other /other /copied\nRUN test -s /copied\n"
        )
        #expect(both["copied"] == "f 644 0:0" && both["other"] == nil)
        #expect(try tree("\(from)\nCOPY file.txt /more\n").count == 2)
        #expect(try lab.chalk(["inspect", "x"]).output.contains("linux/arm64"))
        let run = try build("\(from)\nRUN [\"/other\"]\n")
        #expect(
            run.status == 1 && run.errors.contains("a RUN step for linux/arm64 cannot run"), "\(run.errors)")
    }

    @Test func targetsStopEarly() throws {
        let last = try tree(DockerfileBuildTests.stages)
        #expect(last["copied"] == "f 644 0:0" && last["second"] == nil)
        let second = try tree(DockerfileBuildTests.stages, ["--target", "SECOND"])
        #expect(second["first"] != nil && second["second"] != nil && second["copied"] == nil)
        let first = try tree(DockerfileBuildTests.stages, ["--target", "1"])
        #expect(first["first"] != nil && first["second"] == nil)
        let wrong = try build(DockerfileBuildTests.stages, ["--target", "third"])
        #expect(wrong.status == 2)
        #expect(
            wrong.errors
                == "error: there is no stage \"third\" to build; name one that a FROM ... AS begins\n")
    }

    @Test func argumentsHaveScopes() throws {
        let file = """
            ARG GLOBAL=global
            ARG BASE=localhost/busybox
            FROM $BASE:test
            ARG GLOBAL
            ARG LOCAL=local
            RUN echo "$GLOBAL $LOCAL ${BASE:-unset}" > /seen
            FROM $BASE:test
            COPY --from=0 /seen /seen
            RUN echo "${GLOBAL:-unset} ${LOCAL:-unset}" > /other

            """
        _ = try tree(file)
        #expect(try text("seen") == "global local unset\n")
        #expect(try text("other") == "unset unset\n")
        _ = try tree(file, ["--build-arg", "LOCAL=given", "--build-arg", "GLOBAL=too"])
        #expect(try text("seen") == "too given unset\n")
        let ran = try build(file, ["--build-arg", "NOBODY=1", "--progress=plain"])
        #expect(ran.errors.contains("the build argument NOBODY is declared by no ARG, so nothing uses it"))
    }

    @Test func triggersRunInTheNextImage() throws {
        let file = try lab.write(
            "FROM localhost/busybox:test\nONBUILD RUN echo triggered > /trigger\n", to: "base/Dockerfile")
        try lab.succeed(["build", "-f", file, lab.path + "/base", "-t", "localhost/triggers:1"])
        #expect(
            try lab.config("localhost/triggers:1")["OnBuild"] as? [String] == [
                "RUN echo triggered > /trigger"
            ])
        _ = try tree("FROM localhost/triggers:1\nRUN cat /trigger > /seen\n")
        #expect(try text("seen") == "triggered\n")
        #expect(try lab.config("x")["OnBuild"] == nil)
    }

    @Test func heredocs() throws {
        let tree = try tree(
            """
            FROM localhost/busybox:test
            ENV NAME=value
            RUN <<EOF
            set -e
            echo "one $NAME" > /one
            echo two > /two
            EOF
            RUN cat <<A > /a && cat <<'B' > /b
            $NAME
            A
            $NAME
            B
            RUN <<EOF sh -e
            echo from-sh > /interpreter
            EOF
            COPY <<one <<"two" /files/
            expanded $NAME
            one
            kept $NAME
            two
            COPY --chmod=0700 --chown=5:6 <<script /script
            x
            script

            """)
        #expect(try text("one") == "one value\n" && text("two") == "two\n")
        #expect(try text("a") == "value\n" && text("b") == "$NAME\n")
        #expect(try text("interpreter") == "from-sh\n")
        #expect(try text("files/one") == "expanded value\n" && text("files/two") == "kept $NAME\n")
        #expect(tree["script"] == "f 700 5:6" && tree["files/one"] == "f 644 0:0")
        #expect(tree.keys.filter { $0.hasPrefix("dev/") } == [])
    }

    @Test func copiesTakeOwnersAndModes() throws {
        let tree = try tree(
            """
            FROM localhost/busybox:test AS made
            RUN mkdir -p /src/dir && echo x > /src/dir/f && ln /src/dir/f /src/dir/hard && ln -s dir /src/link \
                && chmod 0750 /src/dir && chown -R 7:8 /src
            FROM localhost/busybox:test
            COPY --chown=1000:1500 --chmod=0640 file.txt /owned/file
            COPY --chown=app:extra file.txt /named
            COPY --chown=app sub /named-dir
            COPY --chown=55 file.txt /numbered
            COPY --from=made /src /kept
            COPY --from=made /src/link /through/
            COPY --from=made --chown=1:2 /src/dir/hard /changed

            """)
        #expect(tree["owned"] == "d 755 1000:1500" && tree["owned/file"] == "f 640 1000:1500")
        #expect(tree["named"] == "f 644 1000:1500" && tree["named-dir/run.sh"] == "f 755 1000:1000")
        #expect(tree["numbered"] == "f 644 55:55")
        #expect(tree["kept/dir"] == "d 750 7:8" && tree["kept/dir/hard"] == "f 644 7:8")
        #expect(tree["kept/link"]?.hasPrefix("l ") == true)
        #expect(tree["through/f"] == "f 644 7:8" && tree["changed"] == "f 644 1:2")
        #expect(try text("kept/dir/hard") == "x\n" && text("changed") == "x\n")
    }

    @Test func placesUsersAndShells() throws {
        let tree = try tree(
            """
            FROM localhost/busybox:test
            WORKDIR /a
            WORKDIR b/../c
            RUN pwd > where
            USER app
            WORKDIR d
            RUN touch mine
            SHELL ["/bin/sh", "-xec"]
            RUN echo $- > flags
            USER 77:88
            WORKDIR /data/numbered
            USER root
            VOLUME ["/volume", "/data"]

            """)
        #expect(try text("a/c/where") == "/a/c\n")
        #expect(
            tree["a/c"] == "d 755 0:0" && tree["a/c/d"] == "d 755 1000:1000"
                && tree["a/c/d/mine"] == "f 644 1000:1000")
        #expect(try text("a/c/d/flags").contains("e") && text("a/c/d/flags").contains("x"))
        #expect(tree["data/numbered"] == "d 755 77:88")
        #expect(tree["volume"] == "d 755 0:0" && tree["data"] == "d 750 1000:1000")
    }

    @Test(arguments: [
        (
            "RUN --device=gpu true", "RUN --device=gpu is not supported"
        ),
        (
            "COPY file.txt sub /x",
            "several sources need a destination that ends in /; write \"/x/\""
        ),
    ])
    func whatIsNotSupportedSaysWhere(line: String, sentence: String) throws {
        let ran = try build("FROM localhost/busybox:test\nRUN true\n\(line)\n")
        #expect(ran.status == 2)
        #expect(
            ran.errors.contains("error: \(lab.path)/context/Dockerfile:3: \(sentence)\n"), "\(ran.errors)")
    }

    @Test func whatIsMissingSaysWhere() throws {
        let ran = try build("FROM localhost/busybox:test\nCOPY nothing /x\n")
        #expect(ran.status == 1)
        #expect(
            ran.errors.contains("nothing is not in the build context \(lab.path)/context"), "\(ran.errors)")
        let user = try build("FROM localhost/busybox:test\nCOPY --chown=nobody file.txt /x\n")
        #expect(user.status == 1)
        #expect(user.errors.contains("nobody"), "\(user.errors)")
    }
}
