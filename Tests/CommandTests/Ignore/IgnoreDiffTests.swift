import ChalkTestSupport
import Foundation
import Testing

/// `ignore diff`: where dialects disagree, and why.
@Suite struct IgnoreDiffTests {
    @Test func textNamesEachVerdictAndTheRule() throws {
        let lab = try CommandLab()
        for name in ["a/keep", "d/x.bin", "d/y.py", "o.o", "same"] { try lab.write("", "src/\(name)") }
        try lab.write("a/**\n!a/keep\n*.bin\n!d/\n", "src/.gitignore")
        try lab.write("o.*\na\n!a/keep\n", "src/.dockerignore")
        let ran = try lab.chalk(["ignore", "diff", "--as", "go-git,git,docker", "src"])
        #expect(ran.status == 1)
        #expect(
            ran.output == """
                a/
                  go-git    ignored  .gitignore:1: a/**
                  git       kept     no pattern fits
                  docker    kept     .dockerignore:2: a (but something in it is kept)
                  rule A: X/** covers the directory X itself in go-git, and only what is below it in git
                  docker keeps a directory that it ignores for what a ! pattern keeps in it
                a/keep
                  go-git    ignored  .gitignore:1: a/** (ignores a/)
                  git       kept     .gitignore:2: !a/keep
                  docker    kept     .dockerignore:3: !a/keep
                  rule A: X/** covers the directory X itself in go-git, and only what is below it in git
                  docker reads .dockerignore alone, holds each pattern against the whole path, and lets ! reach \
                below an ignored directory
                d/x.bin
                  go-git    kept     .gitignore:4: !d/
                  git       ignored  .gitignore:3: *.bin
                  docker    kept     no pattern fits
                  rule B: a pattern that fits a directory keeps answering for all below it in go-git; a re-included \
                directory says nothing of what is in it in git
                  docker reads .dockerignore alone, and no pattern in it fits
                o.o
                  go-git    kept     no pattern fits
                  git       kept     no pattern fits
                  docker    ignored  .dockerignore:1: o.*
                  docker reads .dockerignore alone, holds each pattern against the whole path, and lets ! reach \
                below an ignored directory

                """)
        #expect(ran.errors.isEmpty)
    }

    @Test func linesOfJSON() throws {
        let lab = try CommandLab()
        for name in ["a/x", "b.o"] { try lab.write("", "src/\(name)") }
        try lab.write("a/**\n*.o\n", "src/.gitignore")
        let ran = try lab.chalk(["ignore", "diff", "--as=git,docker,go-git", "--json", "src"])
        #expect(ran.status == 1)
        #expect(
            ran.output.split(separator: "\n").map(String.init) == [
                #"{"path":"a","type":"directory","verdicts":[{"profile":"git","ignored":false,"reason":"no-rule"},"#
                    + #"{"profile":"docker","ignored":false,"reason":"no-rule"},"#
                    + #"{"profile":"go-git","ignored":true,"reason":"rule","source":".gitignore","line":1,"#
                    + #""pattern":"a/**"}],"rules":["A"],"reasons":["X/** covers the directory X itself in go-git, "#
                    + #"and only what is below it in git","docker reads .dockerignore alone, and there is none"]}"#,
                #"{"path":"a/x","type":"file","verdicts":[{"profile":"git","ignored":true,"reason":"rule","#
                    + #""source":".gitignore","line":1,"pattern":"a/**"},{"profile":"docker","ignored":false,"#
                    + #""reason":"no-rule"},{"profile":"go-git","ignored":true,"reason":"inside-ignored","#
                    + #""directory":"a","source":".gitignore","line":1,"pattern":"a/**"}],"rules":[],"#
                    + #""reasons":["docker reads .dockerignore alone, and there is none"]}"#,
                #"{"path":"b.o","type":"file","verdicts":[{"profile":"git","ignored":true,"reason":"rule","#
                    + #""source":".gitignore","line":2,"pattern":"*.o"},{"profile":"docker","ignored":false,"#
                    + #""reason":"no-rule"},{"profile":"go-git","ignored":true,"reason":"rule","#
                    + #""source":".gitignore","line":2,"pattern":"*.o"}],"rules":[],"#
                    + #""reasons":["docker reads .dockerignore alone, and there is none"]}"#,
            ])
    }

    /// A file for each of the twelve rules, written as bash writes it, and the entry that shows the rule.
    static let letters: [(rule: String, ignore: String, files: String, path: String)] = [
        ("A", #"a/**\n"#, "a/f", "a"), ("B", #"*\n!*/\n!*.py\n"#, "d/x.bin d/y.py", "d/x.bin"),
        ("C", #"**/a/b\n"#, "a/x/a/b", "a/x/a/b"), ("D", #"a//b\n"#, "a/b", "a/b"),
        ("E", #"a\\\\/b\n"#, "a/b", "a/b"), ("F", #"a/***/b\n"#, "a/b", "a/b"),
        ("G", #"\t\n"#, #"$'\t'"#, "\t"),
        ("H", #"a\\\\  \n"#, #"'a '"#, "a "), ("I", #"\xEF\xBB\xBFa\nb\n"#, "a", "a"),
        ("J", #"a\0b\nc\n"#, "a", "a"), ("K", #"b\n%065536d\na\n"#, "a", "a"), ("L", "x\\n", "x", "x"),
    ]

    @Test(arguments: letters.indices) func everyLetterCanOccur(index: Int) throws {
        let row = IgnoreDiffTests.letters[index]
        let lab = try CommandLab()
        let name = row.rule == "L" ? "real" : ".gitignore"
        try lab.tool(
            "bash", "-c",
            """
            mkdir src; cd src; for f in \(row.files); do mkdir -p "$(dirname "$f")"; touch "$f"; done
            printf '\(row.ignore.replacingOccurrences(of: #"\\\\"#, with: #"\\"#))' >\(name)
            [ -e .gitignore ] || ln -s real .gitignore
            """)
        let ran = try lab.chalk(["ignore", "diff", "src", "--json"])
        #expect(ran.status == 1)
        let lines = try ran.bytes.split(separator: 0x0A).map { try object(Array($0)) }
        let shown = try #require(lines.first { $0["path"] as? String == row.path }, "\(ran.output)")
        #expect(shown["rules"] as? [String] == [row.rule])
        #expect((shown["reasons"] as? [String])?.count == 1)
    }

    @Test func noneIsZero() throws {
        let lab = try CommandLab()
        for name in ["a/x.o", "b"] { try lab.write("", "src/\(name)") }
        try lab.write("*.o\n", "src/.gitignore")
        try lab.write("**/*.o\n", "src/.dockerignore")
        let ran = try lab.chalk(["ignore", "diff", "--as", "go-git,git,docker", "src"])
        #expect(ran.status == 0 && ran.bytes.isEmpty && ran.errors.isEmpty)
        #expect(try lab.chalk(["ignore", "diff", "src", "--exclude", "a/**"]).status == 1)
    }

    static let wrongs: [(words: [String], status: Int32, error: String)] = [
        (["nowhere"], 3, "there is no directory LAB/nowhere"),
        (["file"], 2, "LAB/file is not a directory; name the root of a tree"),
        ([], 2, "DIR is missing; see `chalk-image ignore diff --help`"),
        (
            ["--as", "git", "."], 2,
            "--as names two or three different ones of go-git, git and docker; see `chalk-image ignore diff --help`"
        ),
        (
            ["--as", "git,git", "."], 2,
            "--as names two or three different ones of go-git, git and docker; see `chalk-image ignore diff --help`"
        ),
        (
            ["--as", "git,hg", "."], 2,
            "--as is go-git, git or docker, not \"hg\"; see `chalk-image ignore diff --help`"
        ),
        (
            ["refused"], 2,
            "cannot read the ignore file .gitignore: it is a link to the absolute path /etc/passwd; make it a file, "
                + "so that its rules are not lost"
        ),
        (
            ["--as", "git,docker", "broken"], 2,
            "cannot use the pattern [ in .dockerignore:1: it is malformed; "
                + "check its brackets and backslashes"
        ),
    ]

    @Test(arguments: wrongs.indices) func trouble(index: Int) throws {
        let row = IgnoreDiffTests.wrongs[index]
        let lab = try CommandLab()
        try lab.write("", "file")
        try lab.write("[\n", "broken/.dockerignore")
        try lab.write("", "refused/x")
        try lab.tool("ln", "-s", "/etc/passwd", "refused/.gitignore")
        let ran = try lab.chalk(["ignore", "diff"] + row.words)
        #expect(ran.status == row.status)
        #expect(ran.errors == "error: \(row.error.replacingOccurrences(of: "LAB", with: lab.path))\n")
    }
}
