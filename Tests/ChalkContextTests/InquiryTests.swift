import ChalkContext
import ChalkSystem
import ChalkTestSupport
import Testing

/// Questions about single entries of a tree on disk.
@Suite struct InquiryTests {
    static let dockerignore = "*\n!a\n!**/b\n*/foo\n!b/*/c\n"

    /// Asked in any order, each answer is that of a walk, reasons included.
    @Test func answersAreThoseOfAWalk() throws {
        let seed = testSeed
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let tree = try Tree()
            try RandomTree(&random).layOut(in: tree, below: "")
            for profile in IgnoreProfile.allCases {
                let file = try IgnoreFile(
                    bytes(InquiryTests.dockerignore), path: bytes(".dockerignore"), profile: .docker)
                var options = ContextWalker.Options(
                    profile: profile, exclude: [bytes("/c/a")], dockerignore: file, reportsIgnored: true)
                options.reportsIgnored = true
                var wanted: [(path: [UInt8], kind: FileStatus.Kind, verdict: IgnoreVerdict)] = []
                try ContextWalker(options: options).walk(tree.root) { wanted.append(($0.path, $0.kind, $1)) }
                let inquiry = try IgnoreInquiry(tree.root, options: options)
                for (path, kind, verdict) in wanted + wanted.shuffled(using: &random) {
                    let known = random.chance(50) ? kind : nil
                    let answer = try inquiry.verdict(for: path, kind: known)
                    #expect(answer == verdict, "seed \(seed): \(profile) \(text(path))")
                }
            }
        }
    }

    @Test func whatIsNotThereIsNoDirectory() throws {
        let tree = try Tree()
        try tree.file(".gitignore", "new/\n*.o\n!keep\n")
        try tree.file("file")
        try tree.root.makeLink("link", to: "file")
        let inquiry = try IgnoreInquiry(tree.root, options: .init())
        func isIgnored(_ path: String, _ kind: FileStatus.Kind? = nil) throws -> Bool {
            try inquiry.verdict(for: bytes(path), kind: kind).isIgnored
        }
        #expect(try !isIgnored("new"))
        #expect(try isIgnored("new", .directory))
        #expect(try isIgnored("new/keep"))
        #expect(try isIgnored("nowhere/at/all/x.o"))
        #expect(try !isIgnored("file/below/x"))
        #expect(try inquiry.verdict(for: bytes(".git")).reason == .git)
        #expect(
            try inquiry.verdict(for: bytes("a/.git/config")).reason
                == .insideIgnored(directory: bytes("a/.git"), by: nil))
        let error = #expect(throws: ContextError.self) { try isIgnored("link/x") }
        #expect(
            error?.description
                == "cannot check link/x: link is a symbolic link, and a walk never goes below one; name the path that "
                + "it leads to")
        // And goes on as if nothing had been asked.
        #expect(try isIgnored("x.o"))
    }

    @Test func warningsAreSaidOnce() throws {
        let tree = try Tree()
        for name in ["a/x", "b/x"] { try tree.file(name) }
        try tree.file("a/.gitignore", "\u{FEFF}x\n")
        let inquiry = try IgnoreInquiry(tree.root, options: .init())
        for path in ["a/x", "b/x", "a/x", "b/x"] { _ = try inquiry.verdict(for: bytes(path)) }
        #expect(inquiry.warnings == [.byteOrderMark(file: bytes("a/.gitignore"))])
    }

    /// Far more levels than descriptors.
    @Test func deepTrees() throws {
        let tree = try Tree()
        let deep = Array(repeating: "d", count: 1_200).joined(separator: "/")
        try tree.file(".gitignore", "/x\n*.o\n")
        // Made step by step: the whole path is longer than the system takes at once in other trees.
        var directory = try tree.root.open(".", [.readOnly, .directory])
        for _ in 0..<1_200 {
            try directory.makeDirectory("d")
            directory = try directory.open("d", [.readOnly, .directory])
        }
        try directory.makeDirectory("e")
        let inquiry = try IgnoreInquiry(tree.root, options: .init())
        #expect(try inquiry.verdict(for: bytes(deep + "/x.o")).isIgnored)
        #expect(try !inquiry.verdict(for: bytes(deep + "/e")).isIgnored)
        var count = 0
        let options = [IgnoreProfile.goGit, .git]
        _ = try DialectComparison(tree.root, profiles: options).run { _ in count += 1 }
        #expect(count == 0)
    }
}
