/// The words of a command line, sorted by a ``CommandSyntax``.
struct ParsedArguments: Sendable {
    /// The words that are no flags.
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]

    /// Sorts `words`.
    ///
    /// - Throws: ``UsageError`` for an unknown flag, a missing or superfluous value, too few or many words.
    init(_ words: [String], syntax: CommandSyntax) throws {
        let flags = syntax.flags + CommandSyntax.everywhere
        func wrong(_ what: String) -> UsageError { UsageError(what, command: syntax.name) }
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                operands.append(word)
                continue
            }
            let (flag, inline) = try ParsedArguments.flag(word, among: flags, wrong)
            let shown =
                word.hasPrefix("--") ? "--\(flag.name)" : "-\(flag.short.map(String.init) ?? flag.name)"
            if !flag.repeats, values[flag.name] != nil { throw wrong("\(shown) is given twice") }
            if flag.value == nil {
                guard let value = ParsedArguments.truth(inline ?? "true") else {
                    throw wrong("\(shown) takes no value but true or false")
                }
                values[flag.name] = [value ? "true" : "false"]
            } else if let value = inline ?? rest.popFirst() {
                values[flag.name, default: []].append(value)
            } else {
                throw wrong("\(shown) needs a value: \(flag.value ?? "")")
            }
        }
        if isSet("help") { return }
        if operands.count < syntax.operandCount.lowerBound {
            throw wrong("\(syntax.operands.isEmpty ? "a word" : syntax.operands) is missing")
        }
        if operands.count > syntax.operandCount.upperBound {
            throw wrong("\"\(operands[syntax.operandCount.upperBound])\" is one word too many")
        }
    }

    /// Whether a switch is on.
    func isSet(_ name: String) -> Bool { values[name]?.last == "true" }

    /// The value of a flag, or nil when it was not given.
    subscript(_ name: String) -> String? { values[name]?.last }

    /// The values of a flag that may stand several times.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    private static func truth(_ text: String) -> Bool? {
        switch text {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    private static func flag(
        _ word: String, among flags: [CommandSyntax.Flag], _ wrong: (String) -> UsageError
    ) throws -> (CommandSyntax.Flag, String?) {
        if word.hasPrefix("--") {
            let body = word.dropFirst(2)
            let name = String(body.prefix { $0 != "=" })
            let inline = body.contains("=") ? String(body.dropFirst(name.count + 1)) : nil
            if let flag = flags.first(where: { $0.name == name }) { return (flag, inline) }
            let near = Spelling.nearest(to: name, among: flags.map(\.name))
            throw wrong("unknown flag --\(name)" + (near.map { "; did you mean --\($0)?" } ?? ""))
        }
        let letter = word[word.index(after: word.startIndex)]
        guard let flag = flags.first(where: { $0.short == letter }) else {
            throw wrong("unknown flag -\(letter)")
        }
        var rest = word.dropFirst(2)
        if rest.isEmpty { return (flag, nil) }
        if rest.first == "=" {
            rest = rest.dropFirst()
        } else if flag.value == nil {
            throw wrong("-\(letter) takes no value")
        }
        return (flag, String(rest))
    }
}
