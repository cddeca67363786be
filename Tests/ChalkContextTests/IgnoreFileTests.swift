import ChalkContext
import ChalkSystem
import Testing

@Suite struct IgnoreFileTests {
    private func lines(_ content: String, _ profile: IgnoreProfile) throws -> [String] {
        try IgnoreFile(bytes(content), path: bytes("f"), profile: profile).patterns.map {
            "\($0.line):\(text($0.text))"
        }
    }

    @Test func goGitLines() throws {
        #expect(try lines("a\n\nb", .goGit) == ["1:a", "3:b"])
        #expect(try lines("a\r\nb\r\r\n", .goGit) == ["1:a", "2:b\r"])
        #expect(try lines("# no\n #yes\n\\#a\n", .goGit) == ["2: #yes", "3:\\#a"])
        #expect(try lines(" \t\n\u{A0}\n\u{2003}\u{3000}\n\u{85}\n\u{200B}\n", .goGit) == ["5:\u{200B}"])
        #expect(try lines("a  \nb\\  \nc\t\n!d/ \n", .goGit) == ["1:a", "2:b\\", "3:c\t", "4:!d/"])
        #expect(try lines("a\\ \nb \\ ", .goGit) == ["1:a\\ ", "2:b \\ "])
        #expect(try lines("", .goGit) == [])
        #expect(try lines("\n", .goGit) == [])
    }

    @Test func gitLines() throws {
        #expect(try lines("\u{FEFF}a\n\nb", .git) == ["1:a", "3:b"])
        #expect(try lines("a\r\n\t\n", .git) == ["1:a", "2:\t"])
        #expect(try lines("a  \nb\\  \nc\\\\  \nd \\\n", .git) == ["1:a", "2:b\\ ", "3:c\\\\", "4:d \\"])
        #expect(try lines("a\0b\n#x\n", .git) == ["1:a"])
    }

    @Test func dockerLines() throws {
        #expect(
            try lines(
                "\u{FEFF}test1\r\n/test2\n/a/file/here\n\nlast\n# no\n #x\n! /inverted/abs/path\n", .docker)
                == ["1:test1", "2:test2", "3:a/file/here", "5:last", "7:#x", "8:!inverted/abs/path"])
        #expect(
            try lines("a//b/../c/\n./x\n../y\n.\n/\n", .docker) == ["1:a/c", "2:x", "3:../y", "4:.", "5:/"])
        // Cleaned a second time with the mark in front.
        #expect(try lines("!../../x\n/!a\n!!b\n", .docker) == ["1:x", "2:!a", "3:!!b"])
    }

    @Test func longLines() throws {
        let exactly = String(repeating: "x", count: 65_535)
        #expect(try lines("a\n\(exactly)\nb", .goGit).count == 3)
        let file = try IgnoreFile(bytes("a\n\(exactly)x\nb"), path: bytes("f"), profile: .goGit)
        #expect(file.patterns.map(\.line) == [1])
        #expect(file.longLine == 2)
        #expect(try lines("a\n\(exactly)x", .goGit).count == 1)
        #expect(try lines("a\n\(exactly)", .goGit).count == 2)
        #expect(try lines("a\n\(exactly)x\nb", .git).count == 3)
        let error = #expect(throws: ContextError.self) { try lines("a\n\(exactly)x\nb", .docker) }
        #expect(error?.description == "cannot read f:2: the line is longer than 65535 bytes; split it")
    }

    @Test func excludeEntries() throws {
        let file = try IgnoreFile(exclude: [bytes("#a"), bytes("!b/"), bytes(" ")], profile: .goGit)
        #expect(file.patterns.map { text($0.text) } == ["#a", "!b/", ""])
        let refused: [(String, String)] = [
            ("", "exclude entry 1 is empty; remove it or write a pattern"),
            ("./a", "exclude entry 1 (./a) starts with ./ and can never match; leave the ./ out"),
            ("a\nb", "exclude entry 1 (a\\u{a}b) holds a line feed or NUL; write one pattern an entry"),
        ]
        for (entry, message) in refused {
            let error = #expect(throws: ContextError.self) {
                try IgnoreFile(exclude: [bytes(entry)], profile: .goGit)
            }
            #expect(error?.description == message)
            #expect(error?.code == .pattern)
        }
    }

    @Test func verdictsSayWhatDecided() throws {
        let rules = try IgnoreRules(
            files: [
                (bytes(".gitignore"), bytes("# first\n*.csv\n/out/\n")),
                (bytes("d/.chalkignore"), bytes("!k.csv\n")),
                (bytes("d/.gitignore"), bytes("*.csv\n")),
            ], exclude: [bytes("secret")])
        func verdict(_ path: String, _ isDirectory: Bool = false) throws -> IgnoreVerdict {
            try rules.verdict(for: bytes(path), isDirectory: isDirectory)
        }
        #expect(try verdict("a.csv").rule?.description == ".gitignore:2: *.csv")
        #expect(try verdict("d/k.csv").rule?.description == "d/.chalkignore:1: !k.csv")
        #expect(try !verdict("d/k.csv").isIgnored)
        #expect(try verdict("d/x.csv").rule?.description == "d/.gitignore:1: *.csv")
        #expect(try verdict("d/secret").rule?.description == "exclude entry 1: secret")
        #expect(try verdict("plain") == .kept)
        let inside = try verdict("out/x/y")
        guard case .insideIgnored(let directory, let source) = inside.reason else {
            Issue.record("\(inside.reason)")
            return
        }
        #expect(text(directory) == "out" && source?.line == 3)
        #expect(try verdict("d/.git", true).reason == .git)
        #expect(try verdict("d/.git/config").isIgnored)
        #expect(try !verdict(".gitmodules").isIgnored)
        #expect(try !verdict("").isIgnored)
    }

    @Test func profilesHaveNames() {
        #expect(IgnoreProfile(name: "go-git") == .goGit)
        #expect(IgnoreProfile(name: "git") == .git)
        #expect(IgnoreProfile(name: "docker") == .docker)
        #expect(IgnoreProfile(name: "svn") == nil)
        #expect(IgnoreProfile.allCases.map(\.name) == ["go-git", "git", "docker"])
    }
}
