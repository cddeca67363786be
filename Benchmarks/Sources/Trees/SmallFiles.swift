extension Tree {
    /// A JavaScript project with what it depends on.
    static let small = Tree(
        name: "small", title: "50,000 small files, 250 MB",
        operations: [.cold, .unchanged, .oneFile, .push, .repush],
        changing: "src/changing.js"
    ) { directory, scale in
        try SmallFiles(count: max(50, Int(50_000 * scale))).write(to: directory)
    }
}

/// Many small files: source, JSON, prose, source maps and a few binaries, in packages of 25.
struct SmallFiles {
    let count: Int
    private let text = SourceText(seed: Tree.seed)

    init(count: Int) { self.count = count }

    func write(to directory: String) throws {
        try Files.makeDirectory("\(directory)/src")
        try Files.write(Array(text(member: -1, of: 4_096).prefix(4_096)), to: "\(directory)/src/changing.js")
        for file in 1..<count {
            let (folder, name) = place(file)
            if file % 25 < 2 { try Files.makeDirectory("\(directory)/\(folder)/lib") }
            try Files.write(bytes(file), to: "\(directory)/\(folder)/\(name)")
        }
    }

    /// One package in twenty is the project's own; the others come in scopes of eight.
    private func place(_ file: Int) -> (folder: String, name: String) {
        let package = file / 25
        let scope = word(member: -1_000 - package / 8) + "-\(package / 8)"
        let folder =
            package % 20 == 0
            ? "src/part\(package)" : "node_modules/@\(scope)/\(word(member: package))-\(package)"
        switch file % 25 {
        case 0: return (folder, "package.json")
        case 1: return (folder, "README.md")
        case 2: return (folder, "LICENSE")
        default: return (folder, "lib/\(file % 25).\(Kind.of(file % 25).rawValue)")
        }
    }

    private func word(member: Int) -> String {
        var generator = SeededGenerator(seed: Tree.seed, member: member)
        return String(decoding: text.word(&generator), as: UTF8.self)
    }

    private enum Kind: String {
        case json, md, txt, js, ts = "d.ts", map = "js.map", wasm

        static func of(_ place: Int) -> Kind {
            switch place {
            case 0, 3, 4: .json
            case 1: .md
            case 2: .txt
            case 5...8: .ts
            case 9: .map
            case 10: .wasm
            default: .js
            }
        }
    }

    private func bytes(_ file: Int) -> [UInt8] {
        // Package managers leave many a package twice: one in four repeats one of a little while ago.
        let package = file / 25
        let source = package % 4 == 3 && file % 25 > 2 ? file - 25 * 3 : file
        var generator = SeededGenerator(seed: Tree.seed, member: source)
        let size = SmallFiles.size(&generator)
        switch Kind.of(file % 25) {
        case .json: return json(about: size, &generator)
        case .md: return text.prose(about: size, &generator)
        case .txt: return license(of: package % 5)
        case .map: return sourceMap(size, &generator)
        case .wasm: return generator.noise(size * 2 / 5)
        case .js, .ts: return text.lines(about: size, &generator)
        }
    }

    /// From 200 bytes to 25 KB, as many between 200 and 400 as between 10,000 and 20,000.
    private static func size(_ generator: inout SeededGenerator) -> Int {
        let doubled = 200 << generator.below(7)
        return doubled + generator.below(doubled)
    }

    private func text(member: Int, of count: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: Tree.seed, member: member)
        return text.lines(about: count, &generator)
    }

    private func license(of number: Int) -> [UInt8] {
        var generator = SeededGenerator(seed: Tree.seed, member: -100 - number)
        return text.prose(about: 1_100 + 900 * number, &generator)
    }

    private func json(about count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array("{\n".utf8)
        while bytes.count < count {
            let major = generator.below(9)
            bytes +=
                Array("  \"".utf8) + text.word(&generator)
                + Array("\": { \"version\": \"\(major).0.\(major)\",".utf8)
            bytes += Array(
                " \"integrity\": \"\(String(generator.next(), radix: 36))\", \"dev\": true },\n".utf8)
        }
        return bytes + Array("  \"end\": true\n}\n".utf8)
    }

    private func sourceMap(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        let digits = Array("AAACEIKQSUWYaceghmoDFGJ;;,,,".utf8)
        return Array("{\"version\":3,\"mappings\":\"".utf8)
            + (0..<count).map { _ in digits[generator.skewed(digits.count)] } + Array("\"}".utf8)
    }
}
