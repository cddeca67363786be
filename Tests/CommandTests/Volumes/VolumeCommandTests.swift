import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@Suite struct VolumeCommandTests {
    private let lab: CommandLab

    init() throws {
        lab = try CommandLab()
        try lab.check("volume", "create", "data")
    }

    @Test func putsListsAndGets() throws {
        try lab.write("one\n", "d/a.txt", mode: 0o640)
        try lab.write("#!/bin/sh\n", "d/e/run", mode: 0o755)
        try lab.write("*.txt\n", "d/.gitignore")
        let digest = try lab.check("volume", "put", "data", "d").line
        #expect(
            try lab.check("volume", "ls", "-r", "data").output == """
                0644  6   .gitignore
                0644  4   a.txt
                dir   10  e/
                0755  10  e/run

                """)
        #expect(try lab.check("volume", "ls", "data", "e/run").output == "0755  10  e/run\n")
        #expect(try lab.check("volume", "put", "data", "d").line == digest)
        #expect(
            try lab.check("volume", "ls").output
                == "data  \(digest)  3 files  20 B\n")
        try lab.check("volume", "put", "data", "d/a.txt", "x/")
        #expect(try lab.check("volume", "cat", "data", "/x/a.txt").output == "one\n")
        #expect(try lab.check("volume", "rm", "data", "x/a.txt").line.hasPrefix("sha256:"))
        try lab.check("volume", "get", "data", "e", "out")
        #expect(try lab.text("out/run") == "#!/bin/sh\n")
        try lab.check("volume", "get", "data", "a.txt")
        #expect(try lab.text("a.txt") == "one\n")
        #expect(try lab.check("volume", "get", "data", "a.txt", "-").output == "one\n")
        #expect(try lab.chalk(["volume", "cat", "data", "x/a.txt"]).status == 3)
        #expect(
            try lab.check("volume", "cat", "data", "a.txt", "--version", String(digest.prefix(20))).output
                == "one\n")
        let log = try lab.check("volume", "log", "data").output.split(separator: "\n")
        #expect(log.count == 4 && log[2].hasPrefix(digest) && log[2].contains("  put  "))
        #expect(try lab.check("verify").output.contains("the store is good"))
        try lab.check("prune", "--older-than", "0")
        #expect(try lab.chalk(["volume", "cat", "data", "a.txt", "--version", digest]).status == 3)
        #expect(try lab.check("volume", "delete", "data").line == "data")
        #expect(try lab.check("volume", "ls").output == "")
    }

    @Test func standardInputAndIfMatch() throws {
        try lab.write("from a pipe", "input")
        let words = try lab.command(["volume", "put", "data", "-", "in"])
        let ran = try BuiltCommand.run(words, in: lab.path, input: lab.path + "/input")
        #expect(ran.status == 0)
        #expect(try lab.check("volume", "cat", "data", "in").output == "from a pipe")
        try lab.check("volume", "put", "data", "input", "--if-match", ran.line)
        let late = try lab.chalk(["volume", "put", "data", "input", "other", "--if-match", ran.line])
        #expect(late.status == 1 && late.errors.contains("and not at \(ran.line); look at what changed"))
    }

    @Test(arguments: [
        (["put", "data", "-"], 2, "a PATH in the volume is needed for what comes by standard input"),
        (["put", "data", "nothing"], 3, "nothing cannot be put into a volume: there is no such file"),
        (
            ["put", "none", "/etc/passwd"], 3,
            "there is no volume none; `chalk-image volume create none` makes one"
        ),
        (["put", "data", "/dev/null"], 2, "/dev/null is a characterDevice and cannot be put into a volume"),
        (["put", "data", "/etc/passwd", "../x"], 2, "\"../x\" is no path in a volume"),
        (["put", "data", "/etc/passwd", "--if-match", "abc"], 2, "--if-match is the digest of a version"),
        (["create", "../x"], 2, "\"../x\" cannot be the name of a volume"),
        (["ls", "none"], 3, "there is no volume none"), (["rm", "data", "x"], 3, "the volume has no \"x\""),
        (["rm", "data", "/"], 2, "the top of a volume cannot be removed"),
        (["cat", "data", "/"], 2, "/ is a directory in the volume data"),
        (["get", "data", "/", "/etc"], 2, "/etc is not empty"),
        (["log", "data", "x"], 2, "is one word too many"),
        (["mount", "data", "nowhere"], 3, "there is no directory"),
        (["cat", "data", "x", "--version", "123456"], 3, "has no version 123456, or no longer"),
    ])
    func refusals(_ words: [String], _ status: Int32, _ sentence: String) throws {
        let ran = try lab.chalk(["volume"] + words)
        #expect(ran.status == status && ran.errors.contains(sentence), "\(ran.status) \(ran.errors)")
        #expect(ran.errors.split(separator: "\n").count == 1)
    }

    @Test func mountsForPeopleUntilInterrupted() throws {
        try lab.write("1", "a")
        try lab.check("volume", "put", "data", "a")
        try FileSystem.makeDirectories(lab.path + "/place")
        let running = try lab.start("volume", "mount", "data", "place")
        var seen = false
        for _ in 0..<100_000 where !seen { seen = running.errorsSoFar().contains("Ctrl-C ends that") }
        #expect(seen)
        #expect(try lab.text("place/a") == "1")
        try Data("2".utf8).write(to: URL(fileURLWithPath: lab.path + "/place/b"))
        #expect(try lab.chalk(["volume", "delete", "data"]).status == 1)
        running.signal(SIGINT)
        #expect(try running.wait().status == 0)
        #expect(try FileDescriptor.directory(lab.path + "/place").entries().isEmpty)
        #expect(try lab.check("volume", "cat", "data", "b").output == "2")
    }
}
