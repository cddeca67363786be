import ChalkContext
import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Testing

@Suite struct FileTableTests {
    private static func file(_ path: String, _ content: String = "", mode: UInt32 = 0o644) -> FileTable.Row {
        .init(
            path: bytes(path), mode: mode,
            content: .file(Digest.of(bytes(content)), size: Int64(content.utf8.count)))
    }

    private static func link(_ path: String, _ target: String) -> FileTable.Row {
        .init(path: bytes(path), mode: 0o777, content: .link(bytes(target)))
    }

    private static func directory(_ path: String) -> FileTable.Row {
        .init(path: bytes(path), mode: 0o755, content: .directory)
    }

    static let pairs: [(from: [FileTable.Row], to: [FileTable.Row], words: String?)] = [
        ([], [], nil),
        ([file("a")], [file("a")], nil),
        ([file("src/app.py", "1")], [file("src/app.py", "2")], "`src/app.py` changed"),
        ([], [file("x")], "`x` added"),
        ([file("a"), file("x")], [file("a")], "`x` removed"),
        ([file("b")], [file("a"), file("b")], "`a` added"),
        ([file("a"), file("b")], [file("b", "2")], "`a` removed"),
        ([file("run.sh")], [file("run.sh", mode: 0o755)], "mode of `run.sh` 0644 → 0755"),
        ([link("l", "a")], [link("l", "b")], "`l` now points to `b`, before to `a`"),
        ([file("p")], [directory("p")], "`p` is now a directory, before a file"),
        ([directory("p"), file("p/x")], [link("p", "q")], "`p` is now a link, before a directory"),
        (
            [.init(path: bytes("n"), mode: 0o644, content: .characterDevice(1))],
            [.init(path: bytes("n"), mode: 0o644, content: .characterDevice(2))],
            "the device number of `n` changed"
        ),
        (
            [.init(path: bytes("n"), mode: 0o644, content: .characterDevice(1))],
            [.init(path: bytes("n"), mode: 0o644, content: .blockDevice(1))],
            "`n` is now another kind of device"
        ),
        ([directory("a"), file("a/x"), file("a-b")], [directory("a"), file("a-b")], "`a/x` removed"),
        ([file("e\u{1B}[31m")], [], "`e\\u{1b}[31m` removed"),
    ]

    @Test(arguments: pairs.indices) func differences(index: Int) {
        let pair = FileTableTests.pairs[index]
        let from = FileTable(pair.from)
        let to = FileTable(pair.to)
        #expect(to.firstDifference(from: from) == pair.words)
        #expect((to.digest == from.digest) == (pair.words == nil))
        #expect((to == from) == (pair.words == nil))
        #expect(to.digest == Digest.of(to.encoded))
        #expect(to.count == pair.to.count)
        #expect(Set((0..<to.count).map { to.row($0) }) == Set(pair.to))
    }

    @Test func orderOfRowsIsTheTables() {
        let rows = [FileTableTests.file("a-b"), FileTableTests.file("a/x"), FileTableTests.directory("a")]
        let table = FileTable(rows)
        #expect((0..<3).map { text(table.path($0)) } == ["a", "a/x", "a-b"])
        #expect(table.digest == FileTable(rows.reversed()).digest)
    }

    /// The encoding is under a golden digest: a change of it invalidates every cache key there is.
    @Test func encodingIsFixed() {
        let table = FileTable([
            FileTableTests.directory("d"), FileTableTests.file("d/run", "#!", mode: 0o755),
            FileTableTests.link("l", "d/run"),
            .init(path: bytes("n"), mode: 0o644, content: .blockDevice(0x801)),
            .init(path: bytes("p"), mode: 0o644, content: .fifo),
            .init(path: bytes("s"), mode: 0o644, content: .socket),
        ])
        var expected = bytes("chalk-tree 1\n")
        expected += bytes("d") + [0, 0, 1, 0xED, 0, 0, 0, 1] + bytes("d")
        expected += bytes("f") + [0, 0, 1, 0xED, 0, 0, 0, 5] + bytes("d/run") + [0, 0, 0, 0, 0, 0, 0, 2]
        expected += hexadecimal(Digest.of(bytes("#!")).hex)
        expected += bytes("l") + [0, 0, 1, 0xFF, 0, 0, 0, 1] + bytes("l") + [0, 0, 0, 5] + bytes("d/run")
        expected += bytes("b") + [0, 0, 1, 0xA4, 0, 0, 0, 1] + bytes("n") + [0, 0, 0, 0, 0, 0, 8, 1]
        expected += bytes("p") + [0, 0, 1, 0xA4, 0, 0, 0, 1] + bytes("p")
        expected += bytes("s") + [0, 0, 1, 0xA4, 0, 0, 0, 1] + bytes("s")
        #expect(table.encoded == expected)
        #expect(table.totalSize == 2)
    }

    private func hexadecimal(_ text: String) -> [UInt8] {
        let digits = Array(text)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
    }
}

@Suite struct ContextScanTests {
    private func make() throws -> Tree {
        let tree = try Tree()
        try tree.file("src/app.py", "print()")
        try tree.file("run.sh", "#!/bin/sh\n")
        try tree.root.changeMode(0o700, of: "run.sh")
        try tree.file("build/out", "x")
        try tree.file(".gitignore", "build/\n")
        try tree.root.makeLink("latest", to: "src/app.py")
        return tree
    }

    @Test func rows() throws {
        let tree = try make()
        let table = try ContextScan.run(tree.root).table
        #expect(
            (0..<table.count).map { table.row($0) }.map { "\(text($0.path)) \(String($0.mode, radix: 8))" }
                == [".gitignore 644", "latest 777", "run.sh 755", "src 755", "src/app.py 644"])
        #expect(table.row(1).content == .link(bytes("src/app.py")))
        #expect(table.row(4).content == .file(Digest.of(bytes("print()")), size: 7))
    }

    @Test func unchangedTreesAreNotRead() throws {
        let tree = try make()
        // Away from the present, so that no entry is racy.
        let cache = FileDigestCache()
        let first = try ContextScan.run(tree.root, cache: cache)
        #expect(first.filesRead == 3)
        for index in 0..<first.table.count {
            let row = first.table.row(index)
            guard case .file(let digest, _) = row.content else { continue }
            cache.record(
                digest, for: try tree.root.status(of: row.path), readAt: .init(seconds: 1 << 40))
        }
        let path = tree.path + "-cache"
        try cache.save(to: path)
        defer { _ = try? FileDescriptor.directory(TestPlace.directory).removeFile(PathText.name(of: path)) }
        let second = try ContextScan.run(tree.root, cache: FileDigestCache(path: path))
        #expect(second.filesRead == 0)
        #expect(second.digest == first.digest)
        #expect(second.table == first.table)
        try tree.file("src/app.py", "print(1)")
        let third = try ContextScan.run(tree.root, cache: FileDigestCache(path: path))
        #expect(third.filesRead == 1)
        #expect(third.table.firstDifference(from: first.table) == "`src/app.py` changed")
        try tree.root.changeMode(0o600, of: "run.sh")
        let fourth = try ContextScan.run(tree.root)
        #expect(fourth.table.firstDifference(from: third.table) == "mode of `run.sh` 0755 → 0644")
    }

    /// Same bytes written in the same tick, same size and times set back: never the old digest.
    @Test func rewritesInOneTickAreSeen() throws {
        let tree = try Tree()
        let cache = FileDigestCache()
        for round in 0..<200 {
            let content = round % 2 == 0 ? "aaaa" : "bbbb"
            try tree.file("f", content)
            try tree.root.changeTime(.init(seconds: 1_000), of: "f")
            let row = try ContextScan.run(tree.root, cache: cache).table.row(0)
            #expect(row.content == .file(Digest.of(bytes(content)), size: 4))
        }
    }

    @Test(arguments: [1, 2, 7]) func widthDoesNotMatter(width: Int) throws {
        let tree = try Tree()
        for index in 0..<300 { try tree.file("d\(index % 7)/f\(index)", "\(index)") }
        let scan = try ContextScan.run(tree.root, width: width)
        #expect(scan.filesRead == 300)
        #expect(scan.table.count == 307)
        for index in 0..<scan.table.count {
            let row = scan.table.row(index)
            guard case .file(let digest, _) = row.content else { continue }
            let number = text(row.path).split(separator: "f").last.map(String.init) ?? ""
            #expect(digest == Digest.of(bytes(number)))
        }
    }

    @Test func inputsThatMustNotMatterDoNot() throws {
        let one = try make()
        let other = try Tree()
        try other.file(".gitignore", "build/\n")
        try other.root.makeLink("latest", to: "src/app.py")
        try other.file("run.sh", "#!/bin/sh\n")
        try other.root.changeMode(0o755, of: "run.sh")
        try other.file("src/app.py", "print()")
        try other.root.changeMode(0o600, of: "src/app.py")
        try other.root.changeMode(0o700, of: "src")
        try other.root.changeTime(.init(seconds: 5), of: "src/app.py")
        #expect(try ContextScan.run(one.root).digest == ContextScan.run(other.root).digest)
    }

    @Test func filesThatVanishBeforeTheyAreRead() throws {
        let tree = try Tree()
        try tree.file("f")
        var reader = try ContextReader.open(tree.root)
        try tree.root.removeFile("f")
        let error = #expect(throws: ContextError.self) { _ = try reader.open(bytes("f")) }
        #expect(error?.code == .vanished)
    }
}
