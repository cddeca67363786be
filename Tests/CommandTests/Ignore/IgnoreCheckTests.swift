import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// `ignore check`: byte for byte what `git check-ignore --no-index` says, and what git cannot be asked.
@Suite struct IgnoreCheckTests {
    private static let gitVariables = ["HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"]

    private static func git(_ words: [String], in directory: String, input: String = "/dev/null") throws
        -> BuiltCommand.Ran
    {
        try BuiltCommand.run(
            ["git", "-c", "core.excludesFile=/dev/null", "-c", "core.ignoreCase=false"] + words,
            variables: gitVariables, in: directory, input: input)
    }

    private static func mine(_ words: [String], in directory: String, input: String = "/dev/null") throws
        -> BuiltCommand.Ran
    {
        try BuiltCommand.run(
            [try BuiltCommand.path(), "ignore", "check"] + words, in: directory, input: input)
    }

    private static func quoted(_ path: [UInt8]) -> [UInt8] {
        guard path.contains(0x0A) || path.first == UInt8(ascii: "\"") else { return path }
        let escaped = path.flatMap { byte -> [UInt8] in
            let digits = String(byte, radix: 8)
            return Array(("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
        }
        return [UInt8(ascii: "\"")] + escaped + [UInt8(ascii: "\"")]
    }

    @Test func sameBytesAsGit() throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["CHALK_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let lab = try CommandLab()
        for index in 0..<12 {
            let directory = "\(lab.path)/t\(index)"
            try FileSystem.makeDirectories(directory)
            _ = try IgnoreCheckTests.git(["init", "-q", "."], in: directory)
            let tree = try OddTree(in: try FileDescriptor.directory(directory), &random)
            let questions = tree.questions(&random)
            try Data(questions.flatMap { IgnoreCheckTests.quoted($0) + [0x0A] })
                .write(to: URL(filePath: directory + ".lines"))
            try Data(questions.flatMap { $0 + [0] }).write(to: URL(filePath: directory + ".nuls"))
            for flags in [["-v", "-n"], ["-v"], []] {
                for (input, null) in [(".lines", []), (".nuls", ["-z"])] {
                    let words = flags + null + ["--no-index", "--stdin"]
                    let theirs = try IgnoreCheckTests.git(
                        ["check-ignore"] + words, in: directory, input: directory + input)
                    let ours = try IgnoreCheckTests.mine(
                        words + ["--profile", "git"], in: directory, input: directory + input)
                    #expect(
                        ours.status == theirs.status, "seed \(seed), tree \(index), \(words): \(ours.errors)")
                    #expect(theirs.status < 2, "seed \(seed): \(theirs.errors)")
                    let lines = zip(
                        ours.bytes.split(separator: 0x0A, omittingEmptySubsequences: false),
                        theirs.bytes.split(separator: 0x0A, omittingEmptySubsequences: false))
                    let first = lines.first { $0 != $1 }.map {
                        "\(String(decoding: $0, as: UTF8.self)) | \(String(decoding: $1, as: UTF8.self))"
                    }
                    #expect(
                        ours.bytes == theirs.bytes, "seed \(seed), tree \(index), \(words): \(first ?? "")")
                }
            }
        }
    }

    /// From a directory below, with absolute paths, for what is not there; git says the same to each.
    @Test func sameWordsAsGitWhereverOneStands() throws {
        let lab = try CommandLab()
        for name in ["a/x", "b/c/y", "sub/z", "f"] { try lab.write("", "g/\(name)") }
        try lab.write("*\n", "g/a/.gitignore")
        try lab.write("b/\n!d/\nf/\nnew/\n", "g/.gitignore")
        try lab.write("*\n!z\n", "g/sub/.gitignore")
        try lab.tool("sh", "-c", "git init -q g; ln -s a g/l; ln -s f g/lf; ln -s nowhere g/ln")
        let root = lab.path + "/g"
        let questions = [
            (
                "",
                "a a/ a/x a// a/. a/x/.. ./a b b/ b/c b/c/y b/no/ no no/ new new/ new/x f f/ f/x l lf ln . ./ a/.."
            ),
            ("", "\(root)/a/x"), ("", ".git"), ("", "nothing"),
            ("/sub", ". ./z ../sub z ../b/c ../a/ x ../f"),
        ]
        for (directory, words) in questions {
            let list = words.split(separator: " ").map(String.init)
            for flags in [["-v", "-n"], ["-v"], []] {
                let theirs = try IgnoreCheckTests.git(
                    ["check-ignore", "--no-index"] + flags + list, in: root + directory)
                let ours = try IgnoreCheckTests.mine(
                    ["--profile=git", "--no-index"] + flags + list, in: root + directory)
                #expect(ours.output == theirs.output, "\(words)")
                #expect(ours.status == theirs.status, "\(words)")
            }
        }
        for wrong in ["l/x", "l/", "lf/x", "..", "../other", ""] {
            #expect(
                try IgnoreCheckTests.git(["check-ignore", "--no-index", "-v", wrong], in: root).status == 128)
            #expect(
                try IgnoreCheckTests.mine(["--profile=git", "-v", wrong], in: root).status == 2, "\(wrong)")
        }
    }

    @Test func otherProfiles() throws {
        let lab = try CommandLab()
        for name in ["tmp/.gitkeep", "x.csv", "k.csv", "d/x", "n/o"] { try lab.write("", "src/\(name)") }
        try lab.write("tmp/**\n!tmp/.gitkeep\n*.csv\n", "src/.gitignore")
        try lab.write("!k.csv\n", "src/.chalkignore")
        try lab.write("*\n!d/x\n", "src/.dockerignore")
        func check(_ words: String...) throws -> String {
            let ran = try IgnoreCheckTests.mine(words, in: lab.path + "/src")
            return ran.output + "\(ran.status)"
        }
        // Both what is above and the profile by default: src is no repository, so it is its own root.
        #expect(try check("tmp/.gitkeep", "d/x", "k.csv") == "tmp/.gitkeep\n0")
        #expect(try check("d/x", "k.csv") == "1")
        #expect(
            try check("-vn", "tmp/.gitkeep", "x.csv", "k.csv", "d/x", "d/.git/config", "tmp", "tmp/")
                == """
                .gitignore:1:tmp/**\ttmp/.gitkeep
                .gitignore:3:*.csv\tx.csv
                .chalkignore:1:!k.csv\tk.csv
                ::\td/x
                ::.git\td/.git/config
                .gitignore:1:tmp/**\ttmp
                .gitignore:1:tmp/**\ttmp/
                0
                """)
        #expect(
            try check("-v", "--exclude", "no", "--exclude", "d/*", "d/x", "new/file")
                == "--exclude:2:d/*\td/x\n0")
        #expect(
            try check("-vn", "--profile", "docker", "d", "d/x", "d/z", "n", "n/o")
                == "::\td\n.dockerignore:2:!d/x\td/x\n.dockerignore:1:*\td/z\n.dockerignore:1:*\tn\n"
                + ".dockerignore:1:*\tn/o\n0")
        #expect(try check("-q", "x.csv") == "0")
        #expect(try check("-q", "d/x") == "1")
        #expect(try check("-z", "x.csv", "d/x") == "x.csv\u{0}0")
        #expect(
            try check("-z", "-v", "-n", "x.csv", "d/x")
                == ".gitignore\u{0}3\u{0}*.csv\u{0}x.csv\u{0}\u{0}\u{0}\u{0}d/x\u{0}0")
    }

    @Test func theRoot() throws {
        let lab = try CommandLab()
        try lab.write("", "repo/.git/HEAD")
        try lab.write("x\n", "repo/.gitignore")
        for name in ["src/x", "src/y"] { try lab.write("", "repo/\(name)") }
        func check(_ words: [String], in directory: String) throws -> String {
            let ran = try IgnoreCheckTests.mine(["-v"] + words, in: lab.path + directory)
            return ran.output + ran.errors + "\(ran.status)"
        }
        // As git finds it; what addLocalDir("src") would say has the root named.
        #expect(try check(["x", "y"], in: "/repo/src") == ".gitignore:1:x\tx\n0")
        #expect(try check(["--root", ".", "x", "y"], in: "/repo/src") == "1")
        #expect(try check(["--root", "repo/src", "repo/src/x"], in: "") == "1")
        #expect(try check(["--root", "repo", "repo/src/x"], in: "") == ".gitignore:1:x\trepo/src/x\n0")
        try lab.tool("ln", "-s", "repo", "alias")
        #expect(
            try check(["--root", "alias", "\(lab.path)/alias/x", "\(lab.path)/repo/x"], in: "")
                == ".gitignore:1:x\t\(lab.path)/alias/x\n.gitignore:1:x\t\(lab.path)/repo/x\n0")
    }

    static let wrongs: [(words: [String], input: String, status: Int32, error: String)] = [
        (["-n", "a"], "", 2, "-n needs -v; see `chalk-image ignore check --help`"),
        (["-q", "-v", "a"], "", 2, "-q and -v exclude each other; see `chalk-image ignore check --help`"),
        (["-q", "a", "b"], "", 2, "-q takes a single PATH; see `chalk-image ignore check --help`"),
        (["--stdin", "a"], "", 2, "with --stdin no PATH is given; see `chalk-image ignore check --help`"),
        ([], "", 2, "PATH... is missing, or --stdin; see `chalk-image ignore check --help`"),
        (
            ["--profile", "hg", "a"], "", 2,
            "--profile is go-git, git or docker, not \"hg\"; see `chalk-image ignore check --help`"
        ),
        (["--root", "nowhere", "a"], "", 3, "there is no directory LAB/nowhere"),
        (["--root", "file", "a"], "", 2, "LAB/file is not a directory; name the root of a tree"),
        (["../a"], "", 2, "../a is outside of LAB; name a path below it, or another --root"),
        ([""], "", 2, "an empty path names nothing; use . for the directory itself"),
        (
            ["link/a"], "", 2,
            "cannot check link/a: link is a symbolic link, and a walk never goes below one; name the path that it leads to"
        ),
        (["--exclude", "", "a"], "", 2, "exclude entry 1 is empty; remove it or write a pattern"),
        (["--stdin"], "", 1, ""),
        (["--stdin"], "a\n\nb\n", 2, "path 2 of standard input is empty; use . for the directory itself"),
        (["--stdin"], "a\n\"b\n", 2, "line 2 of standard input is badly quoted"),
        (["--stdin"], "\"a\\8\"\n", 2, "line 1 of standard input is badly quoted"),
    ]

    @Test(arguments: wrongs.indices) func wrongWords(index: Int) throws {
        let row = IgnoreCheckTests.wrongs[index]
        let lab = try CommandLab()
        try lab.write("", "file")
        try lab.write(row.input, "input")
        try lab.tool("ln", "-s", "file", "link")
        let ran = try IgnoreCheckTests.mine(row.words, in: lab.path, input: lab.path + "/input")
        #expect(ran.status == row.status, "\(row.words)")
        let expected = row.error.replacingOccurrences(of: "LAB", with: lab.path)
        #expect(ran.errors == (row.error.isEmpty ? "" : "error: \(expected)\n"), "\(row.words)")
    }

    /// Whoever writes one path and waits gets its answer before writing the next.
    @Test func eachAnswerComesAtOnce() throws {
        let lab = try CommandLab()
        try lab.write("*.o\n", ".gitignore")
        let script = """
            coproc check { "$0" ignore check -v -n --stdin; }
            for path in a.o b c.o; do
                echo $path >&${check[1]}
                read -r answer <&${check[0]} && echo "$answer"
            done
            """
        let ran = try BuiltCommand.check(["bash", "-c", script, try BuiltCommand.path()], in: lab.path)
        #expect(ran.output == ".gitignore:1:*.o\ta.o\n::\tb\n.gitignore:1:*.o\tc.o\n")
    }
}
