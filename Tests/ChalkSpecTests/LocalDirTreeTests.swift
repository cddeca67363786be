import Testing

@testable import ChalkSpec

@Suite("Listing a directory with links")
struct LocalDirTreeTests {
    static let dir = LocalDir(src: "/work/src", dest: "/app", strategy: .volume, exclude: [], archive: false)
    static let file = LocalDirTree.Kind.file(executable: false, size: 1)

    /// `listed -> source` for each file of a tree; entries that say `-> x` are links, `/` at the end directories.
    private func list(_ lines: [String], limit: Int = 1000) throws -> [String] {
        let entries = lines.map { line -> (path: [UInt8], kind: LocalDirTree.Kind) in
            let parts = line.split(separator: " -> ", omittingEmptySubsequences: false)
            if parts.count == 2 { return (Array(parts[0].utf8), .link(target: Array(parts[1].utf8))) }
            if line.hasSuffix("/") { return (Array(line.dropLast().utf8), .directory) }
            if line.hasSuffix("=") { return (Array(line.dropLast().utf8), .other) }
            return (Array(line.utf8), Self.file)
        }
        return try LocalDirTree(of: Self.dir, entries: entries, entryLimit: limit).files().map {
            String(decoding: $0.path, as: UTF8.self) + " <- " + $0.source.dropFirst("/work/src/".count)
        }
    }

    @Test("Files by the bytes of their paths, empty directories left out")
    func plain() throws {
        #expect(try list(["b", "a/", "a/x", "a.txt", "e/"]) == ["a.txt <- a.txt", "a/x <- a/x", "b <- b"])
        #expect(try list([]).isEmpty)
    }

    @Test("Links become what they lead to")
    func links() throws {
        let tree = [
            "d/", "d/f", "d/up -> ../top", "top", "one -> d/f", "two -> ./one", "dir -> d",
            "abs -> /work/src/d/f",
            "through -> dir/f", "d/e/", "d/e/g", "deep -> d/./e/../e//g",
        ]
        #expect(
            try list(tree) == [
                "abs <- d/f", "d/e/g <- d/e/g", "d/f <- d/f", "d/up <- top", "deep <- d/e/g",
                "dir/e/g <- d/e/g",
                "dir/f <- d/f", "dir/up <- top", "one <- d/f", "through <- d/f", "top <- top", "two <- d/f",
            ])
    }

    @Test(
        "What cannot be a plain file is refused",
        arguments: [
            (["l -> ../x"], "l", "leads out of the directory"),
            (["d/", "d/l -> ../../x"], "d/l", "leads out of the directory"),
            (["l -> /etc/passwd"], "l", "leads out of the directory"),
            (["l -> /work/src2/x"], "l", "leads out of the directory"),
            (["l -> nope"], "l", "leads to what is missing or ignored"),
            (["l -> l"], "l", "leads through too many links"),
            (["a -> b", "b -> a"], "a", "leads through too many links"),
            (["f", "l -> f/x"], "l", "leads through a file"),
            (["l -> ."], "l", "leads to a directory that holds it"),
            (["d/", "d/l -> .."], "d/l", "leads to a directory that holds it"),
            (["l -> /work/src"], "l", "leads to a directory that holds it"),
            (["d/", "e/", "d/e -> ../e", "e/d -> ../d"], "d/e/d", "leads to a directory that holds it"),
            (["s="], "s", "is neither a file nor a directory"),
        ])
    func refused(tree: [String], path: String, why: String) {
        #expect(
            problem { _ = try list(tree) }
                == "\"/work/src/\(path)\" \(why); exclude it, or use strategy \"copy\"")
    }

    @Test("Names that are not UTF-8")
    func bytes() {
        let tree = LocalDirTree(
            of: Self.dir, entries: [([0xFF], Self.file), (Array("l".utf8), .link(target: [0xFF]))])
        #expect(
            problem { _ = try tree.files() }
                == "\"/work/src/l\" has, or leads to, a name that is not UTF-8; exclude it, or use strategy "
                + "\"copy\"")
    }

    @Test("Links that multiply directories are bounded")
    func multiplied() {
        var lines: [String] = []
        for level in 0..<30 {
            lines.append("d\(level)/")
            lines += ["d\(level)/a -> ../d\(level + 1)", "d\(level)/b -> ../d\(level + 1)"]
        }
        lines.append("d30/")
        #expect(
            problem { _ = try list(lines) }
                == "\"/work/src\" has more than 1000 entries once links are followed")
    }
}
