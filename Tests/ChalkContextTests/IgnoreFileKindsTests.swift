import ChalkContext
import ChalkSystem
import Testing

/// What may stand behind the name of an ignore file (semantics.md section 9, points 8 to 10).
@Suite struct IgnoreFileKindsTests {
    @Test func linksInsideAreFollowed() throws {
        let tree = try Tree()
        for name in ["x", "a/b/x", "y"] { try tree.file(name) }
        try tree.file("rules/real", "x\n")
        try tree.root.makeLink("rules/hop", to: "./real")
        try tree.root.makeLink("dirlink", to: "rules")
        try tree.root.makeLink("a/b/.gitignore", to: "../../dirlink/hop")
        #expect(
            try tree.kept()
                == ["a", "a/b", "a/b/.gitignore", "dirlink", "rules", "rules/hop", "rules/real", "x", "y"])
        // git never follows one, and says so here.
        let git = try ContextWalker(options: .init(profile: .git)).collect(tree.root)
        #expect(git.entries.contains { text($0.path) == "a/b/x" })
        #expect(git.warnings == [.linkNotFollowed(file: bytes("a/b/.gitignore"))])
        #expect(
            git.warnings.first?.description
                == "a/b/.gitignore is a link and was not read, as git does; make it a file")
    }

    @Test(arguments: [
        (
            "/etc/passwd",
            "cannot read the ignore file d/.gitignore: it is a link to the absolute path /etc/passwd; "
                + "make it a file, so that its rules are not lost"
        ),
        (
            "../../x",
            "cannot read the ignore file d/.gitignore: it is a link that leaves the context; "
                + "make it a file, so that its rules are not lost"
        ),
        (
            ".gitignore",
            "cannot read the ignore file d/.gitignore: it is a link that leads through too many links; "
                + "make it a file, so that its rules are not lost"
        ),
        (
            "../out",
            "cannot read the ignore file d/.gitignore: it is a link to the absolute path /etc; "
                + "make it a file, so that its rules are not lost"
        ),
    ]) func linksThatAreRefused(target: String, message: String) throws {
        let tree = try Tree()
        try tree.folder("d")
        try tree.root.makeLink("out", to: "/etc")
        try tree.root.makeLink("d/.gitignore", to: target == "../out" ? "../out/passwd" : target)
        let error = #expect(throws: ContextError.self) { try tree.kept() }
        #expect(error?.description == message)
        #expect(error?.code == .ignoreFile)
        #expect(try tree.kept(.init(profile: .git)) == ["d", "d/.gitignore", "out"])
    }

    @Test func whatIsNoFileCountsAsAbsent() throws {
        let tree = try Tree()
        for name in ["a/x", "b/x", "c/x", "d/x"] { try tree.file(name) }
        try tree.root.makeNode("a/.gitignore", type: 0o010000, mode: 0o600, device: 0)
        try tree.file("b/.gitignore/inside", "")
        try tree.root.makeLink("c/.gitignore", to: "nothing-here")
        try tree.root.makeLink("d/.gitignore", to: "../a/.gitignore")
        for profile in [IgnoreProfile.goGit, .git] {
            let kept = try tree.kept(.init(profile: profile))
            for name in ["a/x", "b/x", "b/.gitignore/inside", "c/x", "d/x"] { #expect(kept.contains(name)) }
        }
    }

    @Test func hugeFilesAreNotReadByHalves() throws {
        let tree = try Tree()
        try tree.file("x")
        let file = try tree.root.open(".gitignore", [.writeOnly, .create])
        try file.write(bytes("x\n"))
        try file.truncate(to: 100 * 1_048_576 + 1)
        let error = #expect(throws: ContextError.self) { try tree.kept() }
        #expect(
            error?.description
                == "cannot read the ignore file .gitignore: it is larger than 100 MiB; make it smaller")
        let git = try ContextWalker(options: .init(profile: .git)).collect(tree.root)
        #expect(git.entries.map { text($0.path) } == [".gitignore", "x"])
        #expect(git.warnings == [.hugeFileSkipped(file: bytes(".gitignore"))])
    }

    /// Reading /proc/self/mem at 0 fails for root too, which file modes do not.
    @Test func readErrorsAreErrors() throws {
        let process = try FileDescriptor.directory("/proc/self")
        let error = #expect(throws: (any Error).self) {
            let file = try process.open("mem", [.readOnly])
            _ = try file.readToEnd(limit: 10)
        }
        #expect((error as? SystemError)?.operation == "read")
        // And a name that cannot be opened although it is listed: a directory swapped in for the file.
        let tree = try Tree()
        for name in ["a", "d/x", "d/.gitignore"] { try tree.file(name) }
        let gone = #expect(throws: ContextError.self) {
            try ContextWalker(options: .init(reportsIgnored: true)).walk(tree.root) { entry, _ in
                if text(entry.path) == "a" {
                    try tree.root.removeTree("d/.gitignore")
                    try tree.root.makeLink("d/.gitignore", to: "/etc/shadow")
                }
            }
        }
        #expect(gone?.code == .ignoreFile)
    }

    @Test func warnings() throws {
        let tree = try Tree()
        try tree.file("d/.gitignore", "\u{FEFF}a\n" + String(repeating: "x", count: 70_000) + "\nb\n")
        let warnings = try ContextWalker().collect(tree.root).warnings
        #expect(
            warnings == [
                .longLine(file: bytes("d/.gitignore"), line: 2), .byteOrderMark(file: bytes("d/.gitignore")),
            ])
        #expect(
            warnings.map(\.description) == [
                "d/.gitignore:2: the line is longer than 65535 bytes, so it and all after it do not count; split it",
                "d/.gitignore:1: the file starts with a byte order mark, which counts as part of the first line; "
                    + "save it without one",
            ])
        #expect(try ContextWalker(options: .init(profile: .git)).collect(tree.root).warnings.isEmpty)
    }

    static let differences: [(ignore: String, files: [String], warning: String?)] = [
        (
            "tmp/**\n!tmp/.gitkeep", ["tmp/.gitkeep", "x"],
            ".gitignore:1: tmp is ignored where git keeps it (rule A): tmp/** covers the directory itself; write tmp/*"
        ),
        (
            "*\n!*/\n!*.py", ["d/x.bin", "d/y.bin", "d/x.py"],
            ".gitignore:2: d/x.bin is kept where git ignores it (rule B): !*/ answers for everything below the "
                + "directory; write !**/*/** after it to keep all of that everywhere, or repeat after it what is to "
                + "stay out"
        ),
        (
            "**/a/b", ["a/x/a/b", "a/b"],
            ".gitignore:1: a/x/a/b is kept where git ignores it (rule C): **/a/b takes the first directory that fits "
                + "and tries no other; write /a/x/a/b after it"
        ),
        ("*.o\n!keep.o\n/build/\na/*", ["x.o", "keep.o", "build/x", "a/b", "c/keep.o"], nil),
        ("tmp/**\ntmp", ["tmp/x"], nil), ("*\n!d\n!d/*", ["d/x"], nil), ("**/a/b\nb", ["a/x/a/b"], nil),
    ]

    @Test(arguments: differences.indices) func differencesFromGit(index: Int) throws {
        let row = IgnoreFileKindsTests.differences[index]
        let tree = try Tree()
        for name in row.files { try tree.file(name) }
        try tree.file(".gitignore", row.ignore)
        let warnings = try ContextWalker(options: .init(findsDifferences: true)).collect(tree.root).warnings
        #expect(warnings.map(\.description) == [row.warning].compactMap(\.self))
        #expect(try ContextWalker().collect(tree.root).warnings.isEmpty)
    }

    @Test func chalkignoreAndExclude() throws {
        let tree = try Tree()
        for name in ["dist/app", "keep.csv", "x.csv", "d/x.csv", "d/y"] { try tree.file(name) }
        try tree.file(".gitignore", "dist/\n*.csv\n")
        try tree.file(".chalkignore", "!dist/\n!keep.csv\n")
        try tree.file("d/.gitignore", "!x.csv\n")
        #expect(
            try tree.kept()
                == [
                    ".chalkignore", ".gitignore", "d", "d/.gitignore", "d/x.csv", "d/y", "dist", "dist/app",
                    "keep.csv",
                ])
        #expect(
            try tree.kept(.init(exclude: [bytes("*.csv"), bytes("/d"), bytes(".*ignore")])) == [
                "dist", "dist/app",
            ])
        #expect(try tree.kept(.init(exclude: [bytes("!x.csv")])).contains("x.csv"))
    }
}
