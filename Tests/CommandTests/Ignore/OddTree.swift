import ChalkSystem
import ChalkTestSupport

/// Random trees with names that need care, the same for the same seed.
struct OddTree {
    private static let names: [[UInt8]] =
        [
            "a", "b", "foo", "x.o", "é", "t\tb", "q\"u", "b\\s", "\u{7F}", " sp ", "n\nl", "-x", "#h", "!e",
            "[a]",
            "a b", "\u{1}", "r\r", "'s'", "$v",
        ].map { Array($0.utf8) } + [[0xFF, 0x61], [0x61, 0x80]]
    private static let patterns: [[UInt8]] =
        [
            "*", "a", "b/", "/a", "!a", "*.o", "!x.o", "foo/*", "!foo/x.o", "**/b", "a/**", "é", "[a]",
            "\\[a\\]",
            "\\#h", "\\!e", " sp\\ ", "q\"u", "-x", "*b*", "?", "a b", "# comment", "", "/*/a", "!*/", "t\tb",
            "*/",
            "a/", "!foo", "foo/**/a", "!/b", "\\", "[", "b/**/", "/*", "!b/a",
        ].map { Array($0.utf8) } + [[0xFF, UInt8(ascii: "*")], [UInt8(ascii: "*"), 0x80]]

    /// Every entry with whether it is a directory.
    private(set) var entries: [(path: [UInt8], isDirectory: Bool)] = []

    /// Makes a tree below an empty directory.
    init(in root: borrowing FileDescriptor, _ random: inout SeededGenerator) throws {
        try grow([], depth: 0, root, &random)
        try writeIgnoreFile([], root, &random)
        for entry in entries where entry.isDirectory && Int.random(in: 0..<3, using: &random) == 0 {
            try writeIgnoreFile(entry.path + [0x2F], root, &random)
        }
    }

    private mutating func grow(
        _ prefix: [UInt8], depth: Int, _ root: borrowing FileDescriptor, _ random: inout SeededGenerator
    ) throws {
        for name in OddTree.names.shuffled(using: &random).prefix(Int.random(in: 2...5, using: &random)) {
            let path = prefix + name
            let isDirectory = depth < 3 && Bool.random(using: &random)
            entries.append((path, isDirectory))
            if isDirectory {
                try root.makeDirectory(path)
                try grow(path + [0x2F], depth: depth + 1, root, &random)
            } else {
                _ = try root.open(path, [.writeOnly, .create])
            }
        }
    }

    private mutating func writeIgnoreFile(
        _ prefix: [UInt8], _ root: borrowing FileDescriptor, _ random: inout SeededGenerator
    ) throws {
        var lines: [[UInt8]] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            lines.append(OddTree.patterns.randomElement(using: &random) ?? [])
        }
        let file = try root.open(prefix + Array(".gitignore".utf8), [.writeOnly, .create])
        try file.write(Array(lines.joined(separator: [0x0A])) + [0x0A])
        entries.append((prefix + Array(".gitignore".utf8), false))
    }

    /// Paths to ask about: what is there and what is not, spelled in all the ways that mean something.
    func questions(_ random: inout SeededGenerator) -> [[UInt8]] {
        var list: [[UInt8]] = []
        for (path, isDirectory) in entries {
            let other = OddTree.names.randomElement(using: &random) ?? []
            list += [path, Array("./".utf8) + path, path + [0x2F] + other, other + [0x2F] + path]
            list.append(path + Array("/..".utf8))
            if isDirectory {
                list += [path + [0x2F], path + Array("/.".utf8), path + Array("//".utf8) + other]
                list.append(path + [0x2F] + other + [0x2F])
            }
        }
        return list + [Array(".".utf8), Array("./".utf8), Array(".git/config".utf8), Array(".git".utf8)]
    }
}
