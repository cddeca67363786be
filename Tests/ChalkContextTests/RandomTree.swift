import ChalkTestSupport
import ChalkContext
import ChalkSystem

/// Random trees with random ignore files, the same for the same seed.
struct RandomTree: Sendable {
    static let names = [
        "a", "b", "c", "foo", "bar", "a.x", "b.x", "a.y", ".x", "ab", "abc", "a b", "é", "[a]", "a*", "x-y",
        "keep",
        "foo.bar", "A", "a]", "!a", "#a", "a\\", "-",
    ]
    static let pieces = [
        "a", "b", "x", ".", "*", "?", "*", "foo", "[ab]", "[!a]", "[^b]", "[a-c]", "\\a", "\\*",
        "[[:alpha:]]", "[]a]",
        "[a-]", "é", "-", "**", "[!]-b]", "[b-a]", "[\\]a]", "\\[a\\]", "[a/b]", "\\!", " ", "[[:x:]]", "[",
        "]", "!",
        "#", "***", "\\", "[[:]", "[a-\\c]", "[--0]", "\\/",
    ]

    /// Whether each path is a directory, parents included.
    private(set) var entries: [(path: String, isDirectory: Bool)] = []
    private(set) var ignoreFiles: [(path: String, content: String)] = []

    init(_ random: inout SeededGenerator) {
        grow(&random, prefix: "", depth: 0)
        ignoreFiles.append((".gitignore", file(&random)))
        for entry in entries where entry.isDirectory && random.chance(15) {
            ignoreFiles.append((entry.path + "/.gitignore", file(&random)))
        }
    }

    private mutating func grow(_ random: inout SeededGenerator, prefix: String, depth: Int) {
        var used: Set<String> = []
        for _ in 0..<random.number(2...4) {
            let name = random.pick(RandomTree.names)
            guard used.insert(name).inserted else { continue }
            let isDirectory = depth < 3 && random.chance(50 - 10 * depth)
            entries.append((prefix + name, isDirectory))
            if isDirectory { grow(&random, prefix: prefix + name + "/", depth: depth + 1) }
        }
    }

    private func file(_ random: inout SeededGenerator) -> String {
        var lines: [String] = []
        if random.chance(30) {
            lines.append(random.pick(["*", "**", "/*", "*/**", "a/**", "foo", "*.x", "**/*.x"]))
        }
        for _ in 0..<random.number(1...6) {
            lines.append(random.chance(60) ? likely(&random) : RandomTree.pattern(&random))
        }
        return lines.joined(separator: random.pick(["\n", "\n", "\r\n"])) + random.pick(["\n", ""])
    }

    /// A pattern made from a path that exists.
    private func likely(_ random: inout SeededGenerator) -> String {
        var parts = random.pick(entries).path.split(separator: "/").map(String.init)
        for index in parts.indices {
            switch random.number(0...9) {
            case 0, 1: parts[index] = "*"
            case 2: parts[index] = "**"
            case 3: parts[index] = parts[index].prefix(1) + "*"
            case 4: parts[index] = "*" + parts[index].suffix(1)
            default: break
            }
        }
        if random.chance(20) { parts.removeFirst(random.number(0...(parts.count - 1))) }
        if random.chance(15) { parts.insert("**", at: random.number(0...parts.count)) }
        return RandomTree.decorated(parts.joined(separator: "/"), &random)
    }

    static func pattern(_ random: inout SeededGenerator) -> String {
        var parts: [String] = []
        for _ in 0..<random.number(1...3) {
            switch random.number(0...9) {
            case 0: parts.append("**")
            case 1: parts.append("")
            case 2...4: parts.append(random.pick(names))
            default: parts.append((0..<random.number(1...4)).map { _ in random.pick(pieces) }.joined())
            }
        }
        return decorated(parts.joined(separator: "/"), &random)
    }

    private static func decorated(_ pattern: String, _ random: inout SeededGenerator) -> String {
        var pattern = pattern
        if random.chance(15) { pattern = "**/" + pattern }
        if random.chance(15) { pattern = "/" + pattern }
        if random.chance(10) { pattern += "/**" }
        if random.chance(20) { pattern += "/" }
        if random.chance(30) { pattern = "!" + pattern }
        if random.chance(4) { pattern += random.pick([" ", "  ", "\\ ", "\t", "\\  "]) }
        return pattern
    }

    func layOut(in tree: borrowing Tree, below prefix: String) throws {
        for entry in entries {
            if entry.isDirectory {
                try tree.folder(prefix + entry.path)
            } else {
                try tree.file(prefix + entry.path)
            }
        }
        for file in ignoreFiles { try tree.file(prefix + file.path, file.content) }
    }

    /// Whether git before 2.52 reads a pattern in its own way: it cut literal text off in front of `**` (rule
    /// Y).
    var hasTextGluedBeforeStars: Bool {
        ignoreFiles.contains { file in
            file.content.split(whereSeparator: \.isNewline).contains { line in
                let text = Array(line.utf8)
                guard let special = text.firstIndex(where: { "*?[\\".utf8.contains($0) }), special > 0,
                    special + 1 < text.count
                else { return false }
                let stars = text[special] == UInt8(ascii: "*") && text[special + 1] == UInt8(ascii: "*")
                let before = text[special - 1]
                let isGlued = before != UInt8(ascii: "/") && !(before == UInt8(ascii: "!") && special == 1)
                return stars && isGlued && text.contains(UInt8(ascii: "/"))
            }
        }
    }
}
