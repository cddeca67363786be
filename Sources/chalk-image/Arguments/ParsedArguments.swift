/// The words of a command line, sorted by a ``CommandSyntax``.
struct ParsedArguments: Sendable {
    /// The words that are no flags, byte for byte.
    private(set) var operandWords: [CommandWord] = []
    private var values: [String: [CommandWord]] = [:]

    /// The words that are no flags.
    var operands: [String] { operandWords.map(\.text) }

    /// Sorts `words`.
    ///
    /// - Throws: ``UsageError`` for an unknown flag, a missing or superfluous value, too few or many words.
    init(_ words: [CommandWord], syntax: CommandSyntax) throws {
        let flags = syntax.flags + CommandSyntax.everywhere
        func wrong(_ what: String) -> UsageError { UsageError(what, command: syntax.name) }
        var rest = words[...]
        while let word = rest.popFirst() {
            if word.text == "--" {
                operandWords += rest
                break
            }
            guard word.text.hasPrefix("-"), word.text != "-" else {
                operandWords.append(word)
                if syntax.endsFlags, !ParsedArguments.goesOn(rest) {
                    operandWords += rest
                    break
                }
                continue
            }
            let (flag, inline, more) = try ParsedArguments.flag(word, among: flags, wrong)
            if let more { rest = [more] + rest }
            let shown =
                word.text.hasPrefix("--") ? "--\(flag.name)" : "-\(flag.short.map(String.init) ?? flag.name)"
            if !flag.repeats, values[flag.name] != nil { throw wrong("\(shown) is given twice") }
            if flag.value == nil {
                guard let value = ParsedArguments.truth(inline?.text ?? "true") else {
                    throw wrong("\(shown) takes no value but true or false")
                }
                values[flag.name] = [CommandWord(text: value ? "true" : "false", bytes: [])]
            } else if let value = inline ?? rest.popFirst() {
                values[flag.name, default: []].append(value)
            } else {
                throw wrong("\(shown) needs a value: \(flag.value ?? "")")
            }
        }
        if isSet("help") { return }
        if operandWords.count < syntax.operandCount.lowerBound {
            throw wrong("\(syntax.operands.isEmpty ? "a word" : syntax.operands) is missing")
        }
        if operandWords.count > syntax.operandCount.upperBound {
            throw wrong("\"\(operands[syntax.operandCount.upperBound])\" is one word too many")
        }
    }

    /// These flags with those of another line behind them, whose words are taken.
    func followed(by more: ParsedArguments) -> ParsedArguments {
        var both = more
        both.values = values.merging(more.values) { $0 + $1 }
        return both
    }

    /// The same flags with other words, and one flag more.
    func with(operands: [String], flag: (name: String, value: String)? = nil) -> ParsedArguments {
        var copy = self
        copy.operandWords = operands.map { CommandWord(text: $0, bytes: Array($0.utf8)) }
        if let flag {
            copy.values[flag.name] = [CommandWord(text: flag.value, bytes: Array(flag.value.utf8))]
        }
        return copy
    }

    /// The same but for one flag.
    func without(_ name: String) -> ParsedArguments {
        var copy = self
        copy.values[name] = nil
        return copy
    }

    /// Whether a switch is on.
    func isSet(_ name: String) -> Bool { self[name] == "true" }

    /// The value of a flag, or nil when it was not given.
    subscript(_ name: String) -> String? { values[name]?.last?.text }

    /// The values of a flag that may stand several times.
    func all(_ name: String) -> [String] { (values[name] ?? []).map(\.text) }

    /// The same, byte for byte.
    func allBytes(_ name: String) -> [[UInt8]] { (values[name] ?? []).map(\.bytes) }

    /// Whether flags go on behind a word that ends them: up to a `--`, which then stands there.
    private static func goesOn(_ rest: ArraySlice<CommandWord>) -> Bool {
        rest.first?.text.hasPrefix("-") ?? false && rest.contains { $0.text == "--" }
    }

    private static func truth(_ text: String) -> Bool? {
        switch text {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    /// The flag that a word names, the value within the word, and the switches that follow in it (`-vn`).
    private static func flag(
        _ word: CommandWord, among flags: [CommandSyntax.Flag], _ wrong: (String) -> UsageError
    ) throws -> (CommandSyntax.Flag, value: CommandWord?, more: CommandWord?) {
        if word.text.hasPrefix("--") {
            let body = word.dropFirst(2)
            let name = String(body.text.prefix { $0 != "=" })
            let inline = body.text.contains("=") ? body.dropFirst(name.count + 1) : nil
            if let flag = flags.first(where: { $0.name == name }) { return (flag, inline, nil) }
            let near = Spelling.nearest(to: name, among: flags.map(\.name))
            throw wrong("unknown flag --\(name)" + (near.map { "; did you mean --\($0)?" } ?? ""))
        }
        let letter = word.text[word.text.index(after: word.text.startIndex)]
        guard let flag = flags.first(where: { $0.short == letter }) else {
            throw wrong("unknown flag -\(letter)")
        }
        let rest = word.dropFirst(2)
        if rest.text.isEmpty { return (flag, nil, nil) }
        if rest.text.first == "=" { return (flag, rest.dropFirst(1), nil) }
        if flag.value != nil { return (flag, rest, nil) }
        let dash = CommandWord(text: "-" + rest.text, bytes: [UInt8(ascii: "-")] + rest.bytes)
        return (flag, nil, dash)
    }
}
