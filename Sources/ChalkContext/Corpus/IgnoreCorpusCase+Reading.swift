internal import ChalkOCI

extension IgnoreCorpusCase {
    /// A case from its line.
    ///
    /// - Throws: ``ContextError`` (`path`) when the line is not a case.
    package init(line: [UInt8]) throws(ContextError) {
        let json: JSON
        do {
            json = try JSON.parse(line)
        } catch {
            throw IgnoreCorpusCase.wrong("\(error)")
        }
        guard json.members != nil else { throw IgnoreCorpusCase.wrong("it is no JSON object") }
        guard let id = json["id"]?.string else { throw IgnoreCorpusCase.wrong("it has no id") }
        guard let tree = json["tree"], tree.members != nil else {
            throw IgnoreCorpusCase.wrong("it has no tree")
        }
        let text = try CorpusText(json["enc"])
        self.id = id
        directories = try text.list(tree["dirs"], "tree.dirs")
        files = try text.pairs(tree["files"], "tree.files", allowsNull: true)
        links = try text.pairs(tree["links"], "tree.links")
        ignoreFiles = try text.pairs(tree["ignore"], "tree.ignore")
        exclude = try text.list(json["exclude"], "exclude")
        isRefused = json["error"] != nil
        expectations = try text.expectations(json["expect"])
        try checkPaths()
    }

    /// Calls `body` with each case of a corpus and the number of its line, from 1. Blank lines are passed over.
    ///
    /// - Throws: ``ContextError`` (`path`) that names the line, or what `body` throws.
    package static func forEach(
        in corpus: [UInt8], named name: String, _ body: (IgnoreCorpusCase, _ line: Int) throws -> Void
    ) throws {
        for (index, line) in corpus.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            let one: IgnoreCorpusCase
            do {
                one = try IgnoreCorpusCase(line: Array(line))
            } catch {
                throw ContextError(error.code, "\(name):\(index + 1): \(error)")
            }
            try body(one, index + 1)
        }
    }

    /// The cases of a corpus, one a line.
    package static func cases(in corpus: [UInt8]) throws -> [IgnoreCorpusCase] {
        var list: [IgnoreCorpusCase] = []
        try forEach(in: corpus, named: "corpus") { one, _ in list.append(one) }
        return list
    }

    /// A corpus comes from anywhere, and its trees are really made: nothing may land outside of them.
    private func checkPaths() throws(ContextError) {
        let slash = UInt8(ascii: "/")
        let linked = Set(links.map(\.path))
        let made = directories + files.map(\.path) + ignoreFiles.map(\.path) + links.map(\.path)
        for path in made {
            let parts = path.split(separator: slash, omittingEmptySubsequences: false)
            let isPlain = parts.allSatisfy {
                !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) && !$0.contains(0)
            }
            guard isPlain else {
                throw IgnoreCorpusCase.wrong("\(ContextError.show(path)) is not a path below its root")
            }
            for end in parts.indices.dropFirst()
            where linked.contains(Array(parts[..<end].joined(separator: [slash]))) {
                throw IgnoreCorpusCase.wrong("\(ContextError.show(path)) is below a link")
            }
        }
    }

    fileprivate static func wrong(_ why: String) -> ContextError {
        ContextError(.path, "the line is not a case: \(why); docs/ignore-conformance.md has the format")
    }
}

/// The strings of a case, each as the bytes that it stands for.
private struct CorpusText {
    private let isLatin1: Bool

    init(_ encoding: JSON?) throws(ContextError) {
        switch encoding {
        case nil, .string("utf-8")?: isLatin1 = false
        case .string("latin1")?: isLatin1 = true
        default: throw IgnoreCorpusCase.wrong("its enc is neither \"latin1\" nor \"utf-8\"")
        }
    }

    func bytes(_ text: String) throws(ContextError) -> [UInt8] {
        guard isLatin1 else { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else {
                throw IgnoreCorpusCase.wrong("\(scalar) is no character of latin1")
            }
            bytes.append(byte)
        }
        return bytes
    }

    func list(_ json: JSON?, _ name: String) throws(ContextError) -> [[UInt8]] {
        guard let json else { return [] }
        guard let texts = json.strings else {
            throw IgnoreCorpusCase.wrong("its \(name) is not a list of strings")
        }
        var list: [[UInt8]] = []
        for text in texts { list.append(try bytes(text)) }
        return list
    }

    func pairs(
        _ json: JSON?, _ name: String, allowsNull: Bool = false
    ) throws(ContextError) -> [([UInt8], [UInt8])] {
        guard let json else { return [] }
        guard let members = json.members else { throw IgnoreCorpusCase.wrong("its \(name) is no object") }
        var list: [([UInt8], [UInt8])] = []
        for member in members {
            switch member.value {
            case .string(let text): list.append((try bytes(member.name), try bytes(text)))
            case .null where allowsNull: list.append((try bytes(member.name), []))
            default: throw IgnoreCorpusCase.wrong("its \(name) has a value that is no string")
            }
        }
        return list
    }

    func expectations(_ json: JSON?) throws(ContextError) -> [IgnoreCorpusCase.Expectation] {
        guard let members = json?.members else { throw IgnoreCorpusCase.wrong("it has no expect") }
        var list: [IgnoreCorpusCase.Expectation] = []
        for member in members {
            var verdicts: [String: Bool] = [:]
            for verdict in member.value.members ?? [] { verdicts[verdict.name] = verdict.value.bool }
            guard let recorded = member.value.members, verdicts.count == recorded.count else {
                throw IgnoreCorpusCase.wrong("its expect has an entry that is no object of true and false")
            }
            list.append(IgnoreCorpusCase.Expectation(path: try bytes(member.name), verdicts: verdicts))
        }
        return list
    }
}
