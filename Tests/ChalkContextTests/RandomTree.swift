import ChalkContext
import ChalkSystem
import ChalkTestSupport

/// Random trees with random ignore files, the same for the same seed: everyday names and patterns, and the bytes that
/// readers and matchers stumble over.
struct RandomTree: Sendable {
    struct Entry: Sendable {
        let path: [UInt8]
        let kind: FileStatus.Kind

        var isDirectory: Bool { kind == .directory }
    }

    static let names =
        [
            "a", "b", "c", "foo", "bar", "a.x", "b.x", "a.y", ".x", "ab", "abc", "a b", "é", "[a]", "a*",
            "x-y",
            "keep", "foo.bar", "A", "a]", "!a", "#a", "a\\", "-", "a ", " ", "\t", "a\r", "**", "?", "{a}",
            "$",
            "a\nb", "^a", "[", "aaab", "\u{A0}", "\u{FEFF}a", "a..", "a|b", "+",
        ].map(bytes) + [[0xFF], [0xC3], [0x61, 0x80], [0x01], [0x85]]

    static let pieces =
        [
            "a", "b", "x", ".", "*", "?", "*", "foo", "[ab]", "[!a]", "[^b]", "[a-c]", "\\a", "\\*",
            "[[:alpha:]]", "[]a]", "[a-]", "é", "-", "**", "[!]-b]", "[b-a]", "[\\]a]", "\\[a\\]", "[a/b]",
            "\\!", " ", "[[:x:]]", "[", "]", "!", "#", "***", "\\", "[[:]", "[a-\\c]", "[--0]", "\\/", "\\\\",
            "[[:space:]]", "[![:alnum:]]", "[a-c-e]", "[\\\\]", "[!!]", "[]-a]", "\t", "\r", "[[:alpha:]-z]",
            "[a-[:digit:]]", "[]", "[*]", "*a*",
        ].map(bytes) + [[0xFF], [0x5B, 0x80, 0x2D, 0xFF, 0x5D], [0x00]]

    /// What has a meaning to moby, or looks as if it had.
    static let dockerPieces =
        pieces.dropLast()
        + [
            "\\d", "\\w", "{a}", "(a)", "+", "$", "^", "|", "{2}", "{1,}", "{0,2}", "a{2", "{,1}", "\\b",
        ].map(bytes)

    /// Parents before what is in them.
    private(set) var entries: [Entry] = []
    private(set) var ignoreFiles: [(path: [UInt8], content: [UInt8])] = []
    private let pieces: [[UInt8]]

    /// A tree with `.gitignore` files, or with one `.dockerignore`.
    init(_ random: inout SeededGenerator, profile: IgnoreProfile = .goGit) {
        pieces = profile == .docker ? RandomTree.dockerPieces : RandomTree.pieces
        grow(&random, prefix: [], depth: 0)
        if profile == .docker {
            ignoreFiles = [(bytes(".dockerignore"), file(&random))]
            return
        }
        ignoreFiles.append((bytes(".gitignore"), file(&random)))
        for entry in entries where entry.isDirectory && random.chance(15) {
            ignoreFiles.append((entry.path + bytes("/.gitignore"), file(&random)))
        }
    }

    private mutating func grow(_ random: inout SeededGenerator, prefix: [UInt8], depth: Int) {
        var used: Set<[UInt8]> = []
        for _ in 0..<random.number(2...4) {
            let name = random.pick(RandomTree.names)
            guard used.insert(name).inserted else { continue }
            let isDirectory = depth < 3 && random.chance(45 - 10 * depth)
            let isLink = !isDirectory && random.chance(5)
            entries.append(
                Entry(path: prefix + name, kind: isDirectory ? .directory : isLink ? .link : .file))
            if isDirectory { grow(&random, prefix: prefix + name + [0x2F], depth: depth + 1) }
        }
    }

    private func file(_ random: inout SeededGenerator) -> [UInt8] {
        var content: [UInt8] = random.chance(3) ? [0xEF, 0xBB, 0xBF] : []
        if random.chance(30) {
            content += bytes(random.pick(["*", "**", "/*", "*/**", "a/**", "foo", "*.x", "**/*.x"])) + [0x0A]
        }
        for _ in 0..<random.number(1...6) {
            if random.chance(3) {
                content += bytes(random.pick(["\n", " \n", "#x\n", "\u{A0}\n", "!\n", "/\r\n"]))
            }
            content += random.chance(60) ? likely(&random) : pattern(&random)
            content += random.chance(20) ? [0x0D, 0x0A] : [0x0A]
        }
        return random.chance(50) ? content : content.dropLast()
    }

    /// A pattern made from a path that exists.
    private func likely(_ random: inout SeededGenerator) -> [UInt8] {
        var parts = random.pick(entries).path.split(separator: 0x2F).map(Array.init)
        for index in parts.indices {
            switch random.number(0...11) {
            case 0, 1: parts[index] = bytes("*")
            case 2: parts[index] = bytes("**")
            case 3: parts[index] = parts[index].prefix(1) + bytes("*")
            case 4: parts[index] = bytes("*") + parts[index].suffix(1)
            case 5: parts[index] = parts[index].dropLast() + bytes("?")
            case 6: parts[index] = parts[index].flatMap { bytes("\\") + [$0] }
            default: break
            }
        }
        if random.chance(20) { parts.removeFirst(random.number(0...(parts.count - 1))) }
        if random.chance(15) { parts.insert(bytes("**"), at: random.number(0...parts.count)) }
        return RandomTree.decorated(Array(parts.joined(separator: [0x2F])), &random)
    }

    /// A pattern out of nothing.
    func pattern(_ random: inout SeededGenerator) -> [UInt8] {
        var parts: [[UInt8]] = []
        for _ in 0..<random.number(1...3) {
            switch random.number(0...9) {
            case 0: parts.append(bytes("**"))
            case 1: parts.append([])
            case 2...4: parts.append(random.pick(RandomTree.names))
            default: parts.append((0..<random.number(1...4)).flatMap { _ in random.pick(pieces) })
            }
        }
        return RandomTree.decorated(Array(parts.joined(separator: [0x2F])), &random)
    }

    private static func decorated(_ pattern: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var pattern = pattern
        if random.chance(15) { pattern = bytes("**/") + pattern }
        if random.chance(15) { pattern = bytes("/") + pattern }
        if random.chance(10) { pattern += bytes("/**") }
        if random.chance(20) { pattern += bytes("/") }
        if random.chance(30) { pattern = bytes("!") + pattern }
        if random.chance(4) { pattern += bytes(random.pick([" ", "  ", "\\ ", "\t", "\\  ", "\\\\ "])) }
        return pattern
    }

    /// Makes everything below `prefix`, which is empty or ends in a slash.
    func layOut(in tree: borrowing Tree, below prefix: String) throws {
        let prefix = bytes(prefix)
        if !prefix.isEmpty { try tree.folder(Array(prefix.dropLast())) }
        for entry in entries {
            switch entry.kind {
            case .directory: try tree.root.makeDirectory(prefix + entry.path)
            case .link: try tree.root.makeLink(prefix + entry.path, to: ".")
            default: _ = try tree.root.open(prefix + entry.path, [.writeOnly, .create])
            }
        }
        for file in ignoreFiles {
            try tree.root.open(prefix + file.path, [.writeOnly, .create]).write(file.content)
        }
    }

    /// Whether git before 2.52 reads a pattern in its own way: it cut literal text off in front of `**` (rule Y).
    var hasTextGluedBeforeStars: Bool {
        ignoreFiles.contains { file in
            file.content.split(separator: 0x0A).contains { line in
                let text = line.first == UInt8(ascii: "!") ? line.dropFirst() : line
                guard let special = text.firstIndex(where: { bytes("*?[\\").contains($0) }),
                    special > text.startIndex
                else { return false }
                return text[special...].starts(with: bytes("**")) && text[special - 1] != 0x2F
                    && text.contains(0x2F)
            }
        }
    }
}
