import ChalkTestSupport
import Foundation
import Testing

/// `ignore conformance`: the recorded verdicts in full, and what is said of those who miss them.
@Suite struct IgnoreConformanceTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/ignore")

    private static func fixture(_ name: String) -> String {
        fixtures.appending(path: name).path(percentEncoded: false)
    }

    struct Run: Sendable, CustomTestStringConvertible {
        let corpora: [String]
        let flags: [String]
        let last: String
        var testDescription: String { (flags + corpora).joined(separator: " ") }
    }

    static let runs = [
        Run(corpora: ["corpus.jsonl", "corpus-chalk.jsonl"], flags: [], last: "3209 passed, 0 failed"),
        Run(
            corpora: ["corpus.jsonl"],
            flags: ["--profile=git"]
                + ["nest-info-exclude", "nest-chalkignore-inert", "gogit-dir-tree", "git-t0008-main"].flatMap
            {
                ["--skip", $0]
            }, last: "4 skipped\n2821 passed, 0 failed"),
        Run(corpora: ["corpus-random.jsonl"], flags: ["--jobs=2"], last: "400 passed, 0 failed"),
        Run(corpora: ["corpus-docker.jsonl"], flags: ["--profile", "docker"], last: "900 passed, 0 failed"),
    ]

    @Test(arguments: runs) func recordedVerdicts(run: Run) throws {
        let lab = try CommandLab()
        let ran = try lab.chalk(
            ["ignore", "conformance"] + run.flags + run.corpora.map(IgnoreConformanceTests.fixture),
            variables: ["TMPDIR": lab.path])
        #expect(ran.line == run.last)
        #expect(ran.status == 0 && ran.errors.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: lab.path).isEmpty)
    }

    private static let corpus = """
        {"id":"right","tree":{"files":{"a.o":null,"d/b":"x"},"ignore":{".gitignore":"*.o\\n"}},"expect":\
        {".gitignore":{"chalk":false},"a.o":{"chalk":true},"d":{"chalk":false},"d/b":{"chalk":false}}}

        {"id":"wrong","enc":"latin1","tree":{"files":{"\\u00e9":null},"ignore":{".gitignore":"\\u00e9\\n"}},\
        "exclude":["x"],"expect":{".gitignore":{"chalk":true},"\\u00e9":{"chalk":false},"x":{"chalk":true}}}

        """

    @Test func failuresAreNamed() throws {
        let lab = try CommandLab()
        try lab.write(IgnoreConformanceTests.corpus, "own.jsonl")
        let ran = try lab.chalk(["ignore", "conformance", "own.jsonl"])
        #expect(ran.status == 1)
        #expect(
            ran.output
                == "wrong: .gitignore: expected ignored, got kept; x: expected ignored, got nothing; "
                + "\u{FFFD}: expected kept, got ignored\n1 passed, 1 failed\n")
        #expect(try lab.chalk(["ignore", "conformance", "own.jsonl", "--skip=wrong"]).status == 0)
        try lab.write("\n", "empty.jsonl")
        #expect(try lab.check("ignore", "conformance", "empty.jsonl").output == "0 passed, 0 failed\n")
    }

    /// Commands of others, and what they may do wrong.
    static let commands: [(command: String, output: String, status: Int32)] = [
        (
            #"printf 'K\t.gitignore\0I\ta.o\0K\td\0K\td/b\0' #"#,
            "wrong: .gitignore: expected ignored, got kept; a.o: expected nothing, got ignored; d: expected nothing, "
                + "got kept; d/b: expected nothing, got kept; and 2 more\n1 passed, 1 failed\n", 1
        ),
        (
            #"[ $# = 1 ] || printf 'I\t.gitignore\0I\tx\0K\t\351\0'; :"#,
            "right: .gitignore: expected kept, got nothing; a.o: expected ignored, got nothing; d: expected kept, got "
                + "nothing; d/b: expected kept, got nothing\n1 passed, 1 failed\n", 1
        ),
        (
            "echo no such flag >&2; exit 3;",
            "right: .gitignore: expected kept, got nothing; a.o: expected ignored, got nothing; d: expected kept, got "
                + "nothing; d/b: expected kept, got nothing (the command ended with 3: no such flag)\n"
                + "wrong: .gitignore: expected ignored, got nothing; x: expected ignored, got nothing; "
                + "\u{FFFD}: expected kept, got nothing (the command ended with 3: no such flag)\n"
                + "0 passed, 2 failed\n", 1
        ),
        (
            "echo hello #",
            "right: hello\\u{a} is no record: I or K, a TAB, a path, a NUL\n"
                + "wrong: hello\\u{a} is no record: I or K, a TAB, a path, a NUL\n0 passed, 2 failed\n", 1
        ),
        ("kill -9 $$;", "", 1),
    ]

    @Test(arguments: commands.indices) func otherImplementations(index: Int) throws {
        let row = IgnoreConformanceTests.commands[index]
        let lab = try CommandLab()
        try lab.write(IgnoreConformanceTests.corpus, "own.jsonl")
        let ran = try lab.chalk(["ignore", "conformance", "own.jsonl", "--command", row.command])
        #expect(ran.status == row.status)
        if row.output.isEmpty {
            #expect(ran.output.contains("(the command ended with 137)\n"))
            #expect(ran.output.hasSuffix("0 passed, 2 failed\n"))
        } else {
            #expect(ran.output == row.output)
        }
    }

    /// This command through its own kit, and git through the script of the documentation.
    @Test func theKitRunsRealPrograms() throws {
        let lab = try CommandLab()
        let mine = try lab.check(
            "ignore", "conformance", "--command", "'\(try BuiltCommand.path())' ignore list --all -z",
            try few("corpus-chalk.jsonl", 40, lab))
        #expect(mine.output == "40 passed, 0 failed\n")
        let git = try lab.check(
            "ignore", "conformance", "--expect", "git", "--jobs", "2", "--command",
            "python3 '\(IgnoreConformanceTests.fixture("kit/git.py"))'", try few("corpus.jsonl", 40, lab))
        #expect(git.output == "40 passed, 0 failed\n")
        let sdk = try lab.chalk([
            "ignore", "conformance", "--files-only", "--command",
            "'\(try setting("CHALK_SDK_PYTHON"))' '\(IgnoreConformanceTests.fixture("kit/chalkcompute_sdk.py"))'",
            try few("corpus.jsonl", 10, lab),
        ])
        #expect(sdk.status == 1)
        #expect(sdk.output.hasSuffix("4 passed, 6 failed\n"), "\(sdk.output)")
    }

    /// The first cases of a corpus in a file of their own.
    private func few(_ name: String, _ count: Int, _ lab: CommandLab) throws -> String {
        let lines = try lab.text(IgnoreConformanceTests.fixture(name)).split(separator: "\n").prefix(count)
        try lab.write(lines.joined(separator: "\n"), name)
        return name
    }

    static let wrongs: [(words: [String], line: String, status: Int32, error: String)] = [
        (["nowhere.jsonl"], "", 3, "there is no corpus LAB/nowhere.jsonl"),
        (["."], "", 2, "LAB is a directory; name a file of cases"),
        ([], "", 2, "CORPUS... is missing; see `chalk-image ignore conformance --help`"),
        (
            ["--jobs", "0", "x"], "", 2,
            "--jobs is a number from 1 to 256, not \"0\"; see `chalk-image ignore conformance --help`"
        ),
        (
            ["--profile", "git", "--command", "x", "x"], "", 2,
            "--profile and --command exclude each other; see `chalk-image ignore conformance --help`"
        ),
        (
            ["--files-only", "x"], "", 2,
            "--files-only is for a --command; see `chalk-image ignore conformance --help`"
        ),
        (["--command", " ", "x"], "", 2, "--command is empty; see `chalk-image ignore conformance --help`"),
        (
            ["x", "--command", "/no/such"], #"{"id":"a","tree":{},"expect":{}}"#, 2,
            "cannot start the command /no/such: sh: 1: /no/such: not found"
        ),
        (
            ["x", "--profile", "docker"], #"{"id":"a","tree":{},"expect":{"f":{"git":true,"chalk":false}}}"#,
            2,
            "LAB/x:2: the case has no verdict of \"docker\" on f, only of chalk, git; choose one with --expect"
        ),
        (["x"], "{", 2, "LAB/x:2: WRONG not valid JSON: a member name is missing at byte 1"),
        (["x"], "[]", 2, "LAB/x:2: WRONG it is no JSON object"),
        (["x"], #"{"tree":{}}"#, 2, "LAB/x:2: WRONG it has no id"),
        (["x"], #"{"id":"a"}"#, 2, "LAB/x:2: WRONG it has no tree"),
        (["x"], #"{"id":"a","tree":{}}"#, 2, "LAB/x:2: WRONG it has no expect"),
        (
            ["x"], #"{"id":"a","tree":{"dirs":"d"},"expect":{}}"#, 2,
            "LAB/x:2: WRONG its tree.dirs is not a list of strings"
        ),
        (
            ["x"], #"{"id":"a","tree":{"files":{"a":1}},"expect":{}}"#, 2,
            "LAB/x:2: WRONG its tree.files has a value that is no string"
        ),
        (
            ["x"], #"{"id":"a","tree":{"ignore":{"a":null}},"expect":{}}"#, 2,
            "LAB/x:2: WRONG its tree.ignore has a value that is no string"
        ),
        (
            ["x"], #"{"id":"a","tree":{},"expect":{"a":true}}"#, 2,
            "LAB/x:2: WRONG its expect has an entry that is no object of true and false"
        ),
        (
            ["x"], #"{"id":"a","enc":"utf-16","tree":{},"expect":{}}"#, 2,
            "LAB/x:2: WRONG its enc is neither \"latin1\" nor \"utf-8\""
        ),
        (
            ["x"], #"{"id":"a","enc":"latin1","tree":{"dirs":["\u20ac"]},"expect":{}}"#, 2,
            "LAB/x:2: WRONG € is no character of latin1"
        ),
        (
            ["x"], #"{"id":"a","tree":{"files":{"../../x":null}},"expect":{}}"#, 2,
            "LAB/x:2: WRONG ../../x is not a path below its root"
        ),
        (
            ["x"], #"{"id":"a","tree":{"dirs":["/tmp/x"]},"expect":{}}"#, 2,
            "LAB/x:2: WRONG /tmp/x is not a path below its root"
        ),
        (
            ["x"], #"{"id":"a","tree":{"links":{"l":"/tmp","l/m":"x"}},"expect":{}}"#, 2,
            "LAB/x:2: WRONG l/m is below a link"
        ),
        (
            ["x"], #"{"id":"a","tree":{"files":{"f":null,"f/g":null}},"expect":{}}"#, 2,
            "cannot lay out the case a: cannot open f/g: not a directory"
        ),
    ]

    @Test(arguments: wrongs.indices) func trouble(index: Int) throws {
        let row = IgnoreConformanceTests.wrongs[index]
        let lab = try CommandLab()
        try lab.write(" \n\(row.line)\n", "x")
        let ran = try lab.chalk(["ignore", "conformance"] + row.words)
        #expect(ran.status == row.status)
        var error = row.error.replacingOccurrences(of: "LAB", with: lab.path)
        if error.contains(" WRONG ") {
            error =
                error.replacingOccurrences(of: " WRONG ", with: " the line is not a case: ")
                + "; docs/ignore-conformance.md has the format"
        }
        #expect(ran.errors == "error: \(error)\n")
    }
}
