import ChalkTestSupport
import Foundation
import Testing

/// What a build does a second time, and what it tells.
@Suite struct BuildBehaviourTests {
    private static let executed = "chalk.steps.executed"
    private static let cached = "chalk.steps.cached"

    @Test func aSecondBuildDoesNothingAndReadsNothing() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        let digest = try lab.build(
            "image.json", "-t", "made", "--metadata-file", "first.json", "--iidfile", "id")
        let first = try lab.metadata("first.json")
        #expect(first[BuildBehaviourTests.executed] as? Int == 4)
        #expect(first[BuildBehaviourTests.cached] as? Int == 0)
        #expect(first["containerimage.digest"] as? String == digest)
        #expect(first["image.name"] as? String == "docker.io/library/made:latest")
        let descriptor = try #require(first["containerimage.descriptor"] as? [String: Any])
        #expect(descriptor["digest"] as? String == digest)
        #expect(descriptor["mediaType"] as? String == "application/vnd.oci.image.manifest.v1+json")
        #expect(descriptor["size"] as? Int == (try lab.read("store/\(digest.blobPath)")).count)
        let id = try #require(first["containerimage.config.digest"] as? String)
        #expect(try lab.text("id") == id)
        #expect(try lab.exists("store/\(id.blobPath)"))

        try lab.tool(
            "strace", "-f", "-e", "trace=open,openat,openat2", "-o", "trace", try BuiltCommand.path(),
            "build", "-q",
            "image.json", "--metadata-file", "second.json", "--store", lab.store)
        let second = try lab.metadata("second.json")
        #expect(second[BuildBehaviourTests.executed] as? Int == 0)
        #expect(second[BuildBehaviourTests.cached] as? Int == 4)
        #expect(second["containerimage.digest"] as? String == digest)
        let opened = try lab.text("trace").split(separator: "\n")
        #expect(opened.contains { $0.contains("/src\"") }, "the walk is not in the trace")
        for file in ["app.py", "run.sh", "er.txt", "noise.log"] {
            #expect(!opened.contains { $0.contains(file + "\"") }, "\(file) was opened")
        }

        let third = try lab.build("image.json", "--no-cache", "--metadata-file", "third.json")
        #expect(third == digest)
        #expect(try lab.metadata("third.json")[BuildBehaviourTests.executed] as? Int == 4)

        // One file changes: the copy and what is on it, not the directory below it.
        try lab.write("print('other')\n", "src/app.py")
        #expect(try lab.build("image.json", "--metadata-file", "fourth.json") != digest)
        #expect(try lab.metadata("fourth.json")[BuildBehaviourTests.executed] as? Int == 3)
        try lab.write("print('hello')\n", "src/app.py")
        #expect(try lab.build("image.json", "--metadata-file", "fifth.json") == digest)
        #expect(try lab.metadata("fifth.json")[BuildBehaviourTests.executed] as? Int == 0)
    }

    @Test func buildArgumentsReachTheirSteps() throws {
        let lab = try CommandLab(withBase: true)
        try lab.write(
            """
            FROM busybox
            ARG COLOUR=red
            ARG OTHER
            RUN echo "$COLOUR $OTHER" >/colour
            LABEL colour=$COLOUR

            """, "Dockerfile")
        func colour(_ flags: String...) throws -> (digest: String, text: String) {
            let ran = try BuiltCommand.check(
                try lab.command(["build", "-q", "-f", "Dockerfile", ".", "-t", "c"] + flags),
                variables: ["OTHER": "from outside"], in: lab.path)
            return (ran.line, try lab.check("run", "c", "--store", lab.store, "--", "cat", "/colour").output)
        }
        let red = try colour()
        #expect(red.text == "red \n")
        let blue = try colour("--build-arg", "COLOUR=blue", "--build-arg", "OTHER")
        #expect(blue.text == "blue from outside\n")
        #expect(blue.digest != red.digest)
        #expect(try lab.check("inspect", "c").output.contains("label       colour=blue\n"))
        #expect(try colour().digest == red.digest)
    }

    @Test func quietSaysTheDigestOnly() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        let ran = try lab.chalk(["build", "--progress=quiet", "image.json"])
        #expect(ran.status == 0 && ran.errors.isEmpty)
        let lines = ran.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines[0].count == 71 && lines[0].hasPrefix("sha256:") && lines[1].isEmpty)
    }

    /// The members of each event, as docs/progress.md has them: those that are always there, then the others.
    static let members: [String: (always: Set<String>, sometimes: Set<String>)] = [
        "planned": (["steps"], []),
        "step-started": (["step", "steps", "kind", "title"], ["stage"]),
        "step-output": (["step", "stream", "text"], []),
        "step-finished": (
            ["step", "steps", "kind", "title", "outcome", "seconds"],
            ["stage", "key", "layer", "size", "reason", "message", "log", "cost"]
        ),
        "transfer": (["direction", "digest", "done", "total"], ["skipped", "mounted", "rate"]),
        "transferred": (["totals"], []),
        "warning": (["text"], []),
        "finished": (["digest", "names", "seconds"], []),
    ]

    private static func events(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            var event = try object(Array(line.utf8))
            let name = try #require(event["event"] as? String)
            let known = try #require(members[name], "\(line)")
            let keys = Set(event.keys).subtracting(["event"])
            #expect(keys.isSuperset(of: known.always), "\(line)")
            #expect(keys.subtracting(known.always).isSubset(of: known.sometimes), "\(line)")
            event["event"] = name
            return event
        }
    }

    @Test func jsonProgressIsAsDocumented() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        let registry = try DockerRegistry()
        let name = "\(registry.name)/made:1"
        let ran = try lab.check("build", "image.json", "--progress=json", "-t", name, "--push")
        let events = try BuildBehaviourTests.events(ran.errors)
        let names = events.map { $0["event"] as? String }
        #expect(names.first == "planned")
        #expect(events.first?["steps"] as? Int == 8)
        #expect(names.count { $0 == "step-started" } == 8)
        #expect(names.count { $0 == "step-finished" } == 8)
        #expect(names.count { $0 == "finished" } == 1)
        #expect(
            events.filter { $0["event"] as? String == "transfer" }.allSatisfy {
                $0["direction"] as? String == "push"
            })
        #expect(names.contains("transfer"))
        let finished = try #require(events.first { $0["event"] as? String == "finished" })
        #expect(finished["digest"] as? String == ran.line)
        #expect(finished["names"] as? [String] == [name])
        let built = try #require(
            events.first { $0["outcome"] as? String == "built" && $0["kind"] as? String == "copy" })
        #expect(built["reason"] as? String == "no earlier build of this step")
        #expect(built["size"] as? Int ?? 0 > 0)

        let again = try BuildBehaviourTests.events(
            try lab.check("build", "image.json", "--progress=json").errors)
        #expect(
            again.compactMap { $0["outcome"] as? String }.filter { $0 != "configured" }
                == Array(repeating: "cached", count: 4))

        try lab.write(
            #"{"baseImage": "busybox", "steps": [{"runCommands": {"commands": ["echo out; echo err >&2; exit 3"]}}]}"#,
            "bad.json")
        let bad = try lab.chalk(["build", "bad.json", "--progress=json"])
        #expect(bad.status == 1)
        let lines = bad.errors.split(separator: "\n").filter { $0.hasPrefix("{") }.joined(separator: "\n")
        let failed = try #require(try BuildBehaviourTests.events(lines).last)
        #expect(failed["outcome"] as? String == "failed")
        #expect(failed["message"] as? String == "ended with exit code 3")
        #expect(Set(failed["log"] as? [String] ?? []) == ["out", "err"])
        let pages = try String(contentsOfFile: BuildBehaviourTests.page, encoding: .utf8)
        for (event, members) in BuildBehaviourTests.members {
            #expect(pages.contains("`\(event)`"))
            for member in members.always.union(members.sometimes) {
                #expect(pages.contains("`\(member)`"), "\(member)")
            }
        }
    }

    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/progress.md")
        .path

    /// 600 MB through a copy: memory does not know how long a file is.
    @Test func memoryStaysFlatOnABigFile() throws {
        let lab = try CommandLab()
        try lab.write("FROM scratch\nCOPY big /big\n", "ctx/Dockerfile")
        // Real bytes without repetition, made quickly.
        try lab.tool(
            "sh", "-c",
            "openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 00000000000000000000000000000000 "
                + "-in /dev/zero 2>/dev/null | head -c 600000000 >ctx/big")
        #expect(try lab.tool("stat", "-c", "%s", "ctx/big").line == "600000000")
        let command = try lab.command(["build", "-q", "-f", "ctx/Dockerfile", "ctx"])
        // wait4 of a direct child gives its own peak, not that of the test runner.
        let script = """
            import os, sys
            pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
            _, status, used = os.wait4(pid, 0)
            print(os.waitstatus_to_exitcode(status), used.ru_maxrss)
            """
        let ran = try BuiltCommand.check(["python3", "-c", script] + command, in: lab.path)
        let numbers = try #require(ran.output.split(separator: "\n").last).split(separator: " ").compactMap {
            Int($0)
        }
        #expect(numbers.first == 0)
        let peak = try #require(numbers.last)
        #expect(peak < 150_000, "\(peak) kB")
    }
}
