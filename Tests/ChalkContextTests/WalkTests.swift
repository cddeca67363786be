import ChalkContext
import ChalkSystem
import Foundation
import Testing

@Suite struct WalkTests {
    @Test func orderIsByComponents() throws {
        let tree = try Tree()
        for name in ["a-b", "a/x", "a.b/y", "B", "a/é", "ab", "a/x.d/1"] { try tree.file(name) }
        #expect(
            try tree.kept() == ["B", "a", "a/x", "a/x.d", "a/x.d/1", "a/é", "a-b", "a.b", "a.b/y", "ab"])
        let paths = try tree.kept().map(bytes)
        #expect(paths == paths.shuffled().sorted { PathOrder.precedes($0.span, $1.span) })
    }

    @Test func everyKindOfEntry() throws {
        let tree = try Tree()
        try tree.file("file", "12345")
        try tree.root.makeLink("link", to: "file")
        try tree.root.makeLink("loop", to: "loop")
        try tree.root.makeLink("out", to: "/etc")
        try tree.folder("dir")
        try tree.root.makeLink("dir/up", to: "..")
        try tree.root.makeNode("fifo", type: 0o010000, mode: 0o600, device: 0)
        try tree.root.makeNode("socket", type: 0o140000, mode: 0o600, device: 0)
        try tree.root.makeHardLink("twin", to: "file", in: tree.root)
        try tree.root.changeMode(0o755, of: "twin")
        var options = ContextWalker.Options(readsStatus: true)
        let entries = try ContextWalker(options: options).collect(tree.root).entries
        #expect(
            entries.map { text($0.path) }
                == ["dir", "dir/up", "fifo", "file", "link", "loop", "out", "socket", "twin"])
        #expect(
            entries.map(\.kind)
                == [.directory, .link, .fifo, .file, .link, .link, .link, .socket, .file])
        #expect(
            entries.map { $0.linkTarget.map { text($0) } }
                == [nil, "..", nil, nil, "file", "loop", "/etc", nil, nil])
        let file = try #require(entries[3].status)
        #expect(file.size == 5 && file.mode == 0o755 && file.linkCount == 2 && file.kind == .file)
        #expect(entries[8].status?.inode == file.inode)
        options.readsStatus = false
        #expect(
            try ContextWalker(options: options).collect(tree.root).entries.allSatisfy { $0.status == nil })
    }

    @Test func linksAreNeverDirectories() throws {
        let tree = try Tree()
        try tree.file("d/f")
        try tree.root.makeLink("l", to: "d")
        try tree.file(".gitignore", "l/\n")
        #expect(try tree.kept() == [".gitignore", "d", "d/f", "l"])
        try tree.file(".gitignore", "l\n")
        #expect(try tree.kept() == [".gitignore", "d", "d/f"])
    }

    @Test func namesThatAreNotUTF8() throws {
        let tree = try Tree()
        let names: [[UInt8]] = [[0x01], [0x0A], [0x20], [0xC3], [0xC3, 0xA9], [0xFE, 0xFF]]
        for name in names { try tree.file(name, []) }
        try tree.file(bytes(".gitignore"), [0xFE, 0x2A, 0x0A])
        let paths = try ContextWalker().collect(tree.root).entries.map(\.path)
        #expect(paths == [[0x01], [0x0A], [0x20], bytes(".gitignore"), [0xC3], [0xC3, 0xA9]])
    }

    @Test func gitDirectoriesNeverEnter() throws {
        let tree = try Tree()
        for name in [".git/HEAD", "sub/.git", "sub/x", ".gitmodules", ".github/w", "lib/.git/x"] {
            try tree.file(name)
        }
        try tree.file(".chalkignore", "!.git\n")
        let expected = [".chalkignore", ".github", ".github/w", ".gitmodules", "lib", "sub", "sub/x"]
        #expect(try tree.kept() == expected)
        #expect(try tree.verdicts().keys.map { text($0) }.sorted() == expected.sorted())
        #expect(try tree.kept(.init(dropsGit: false)).contains(".git/HEAD"))
    }

    @Test func ignoredDirectoriesAreNotOpened() throws {
        let tree = try Tree()
        // Reading the ignore file inside would be an error.
        try tree.folder("out")
        try tree.root.makeLink("out/.gitignore", to: "/etc/passwd")
        try tree.file(".gitignore", "out/\n")
        #expect(try tree.kept() == [".gitignore"])
        #expect(try tree.verdicts()[bytes("out/.gitignore")] == true)
        try tree.file(".gitignore", "")
        #expect(throws: ContextError.self) { try tree.kept() }
    }

    /// Far more levels than descriptors, and paths longer than PATH_MAX.
    @Test func fiveThousandLevels() throws {
        let tree = try Tree()
        do {
            var current = try tree.root.open(".", [.readOnly, .directory])
            for level in 0..<5_000 {
                try current.makeDirectory("d")
                _ = try current.open("later", [.writeOnly, .create])
                if level == 4_500 {
                    try current.open(".gitignore", [.writeOnly, .create]).write(bytes("/d/d/\n"))
                }
                current = try current.open("d", [.readOnly, .directory])
            }
        }
        var deepest = 0
        var count = 0
        try ContextWalker().walk(tree.root) { entry, _ in
            count += 1
            deepest = max(deepest, entry.path.count)
        }
        // On level 4502 and above a directory and a file each, at last without the directory, and an ignore file.
        #expect(deepest == bytes(String(repeating: "d/", count: 4_500) + ".gitignore").count)
        #expect(count == 4_501 + 4_502 + 1)
        var reader = try ContextReader.open(tree.root)
        for depth in [4_499, 3, 4_300, 4_301, 70] {
            _ = try reader.open(bytes(String(repeating: "d/", count: depth) + "later"))
        }
        // The files on the way back up, read one after the other.
        try tree.root.open("d/d/.gitignore", [.writeOnly, .create]).write(
            bytes(String(repeating: "/d", count: 1_000)))
        let kept = try tree.kept()
        #expect(kept.count == 1_001 + 1_002 + 1)
        for path in kept where path.hasSuffix("/later") { _ = try reader.open(bytes(path)) }
    }

    @Test func wideDirectory() throws {
        let tree = try Tree()
        for index in (0..<5_000).shuffled() { _ = try tree.root.open("f\(index)", [.writeOnly, .create]) }
        try tree.file(".gitignore", "f*7\n")
        let kept = try tree.kept()
        #expect(kept.count == 4_501)
        #expect(kept == kept.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    }

    @Test func whatVanishesIsAnError() throws {
        let tree = try Tree()
        for name in ["a", "b", "d/x"] { try tree.file(name) }
        let error = #expect(throws: ContextError.self) {
            try ContextWalker(options: .init(readsStatus: true)).walk(tree.root) { entry, _ in
                if text(entry.path) == "a" { try tree.root.removeFile("b") }
            }
        }
        #expect(
            error?.description
                == "cannot walk the context: b vanished while it was listed; try again when nothing else writes there"
        )
        #expect(error?.code == .vanished)
        let directory = #expect(throws: ContextError.self) {
            try ContextWalker().walk(tree.root) { entry, _ in
                if text(entry.path) == "a" { try tree.root.removeTree("d") }
            }
        }
        #expect(directory?.code == .vanished)
        let swapped = #expect(throws: ContextError.self) {
            try tree.file("e/x")
            try ContextWalker().walk(tree.root) { entry, _ in
                if text(entry.path) == "a" {
                    try tree.root.removeTree("e")
                    try tree.root.makeLink("e", to: "/etc")
                }
            }
        }
        #expect(swapped?.code == .vanished)
    }

    @Test func errorsOfTheCallerEndTheWalk() throws {
        struct Stop: Error {}
        let tree = try Tree()
        for name in ["a", "b"] { try tree.file(name) }
        var seen = 0
        #expect(throws: Stop.self) {
            try ContextWalker().walk(tree.root) { _, _ in
                seen += 1
                throw Stop()
            }
        }
        #expect(seen == 1)
    }

    @Test func emptyContext() throws {
        let tree = try Tree()
        #expect(try tree.kept() == [])
    }
}
