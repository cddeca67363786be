/// One pass over one word; the state behind `WordLexer`.
struct WordExpansion {
    private static let deepest = 100

    private let source: [Unicode.Scalar]
    private let escape: Unicode.Scalar
    private let options: WordLexer.Options
    private var position = 0
    private var depth = 0
    private var keepsEscapes: Bool
    private var collector = WordCollector()

    private let lookup: (String) -> String?
    private(set) var used: [String] = []
    private(set) var unmatched: [String] = []

    init(
        _ source: String, escape: Unicode.Scalar, options: WordLexer.Options,
        lookup: @escaping (String) -> String?
    ) {
        var scalars = Array(source.unicodeScalars)
        // A byte-order mark at the front of a word is no part of it.
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        self.source = scalars
        self.escape = escape
        self.options = options
        self.lookup = lookup
        keepsEscapes = options.keepsEscapes
    }

    mutating func run() throws(DockerfileError) -> (text: String, words: [String]) {
        let text = try text(until: nil, keepsEscapes: keepsEscapes, collects: true)
        return (String(scalars: text), collector.finish())
    }

    private var peek: Unicode.Scalar? { position < source.count ? source[position] : nil }

    private mutating func take() -> Unicode.Scalar? {
        guard position < source.count else { return nil }
        position += 1
        return source[position - 1]
    }

    /// Text up to an unquoted `stop`, which is consumed, or to the end.
    private mutating func text(
        until stop: Unicode.Scalar?, keepsEscapes raw: Bool, collects: Bool
    ) throws(DockerfileError) -> [Unicode.Scalar] {
        depth += 1
        let outer = keepsEscapes
        keepsEscapes = raw
        defer {
            keepsEscapes = outer
            depth -= 1
        }
        guard depth <= Self.deepest else { throw failure("substitutions are nested too deeply") }
        var result: [Unicode.Scalar] = []
        while let next = peek {
            if next == stop {
                position += 1
                return result
            }
            switch next {
            case "$":
                let value = try dollar()
                result += value
                if collects { collector.add(value) }
            case "<":
                let value = lessSigns()
                result += value
                if collects { collector.addRaw(value) }
            case "'" where !options.ignoresQuotes:
                let value = try singleQuoted()
                result += value
                if collects { collector.addRaw(value) }
            case "\"" where !options.ignoresQuotes:
                let value = try doubleQuoted()
                result += value
                if collects { collector.addRaw(value) }
            case escape:
                position += 1
                if keepsEscapes {
                    result.append(escape)
                    if collects { collector.addRaw([escape]) }
                }
                guard let escaped = take() else { break }
                result.append(escaped)
                if collects { collector.addRaw([escaped]) }
            default:
                position += 1
                result.append(next)
                if collects { collector.add([next]) }
            }
        }
        if let stop { throw failure("the \(stop) that ends a substitution is missing") }
        return result
    }

    /// `<<` keeps the blanks behind it in its word: they may precede a here-document's delimiter.
    private mutating func lessSigns() -> [Unicode.Scalar] {
        position += 1
        guard peek == "<" else { return ["<"] }
        position += 1
        var result: [Unicode.Scalar] = ["<", "<"]
        while let next = peek, next == " " || next == "\t" || next == "\r" {
            result.append(next)
            position += 1
        }
        return result
    }

    private mutating func singleQuoted() throws(DockerfileError) -> [Unicode.Scalar] {
        position += 1
        let start = position
        while let next = take() {
            if next != "'" { continue }
            return options.keepsQuotes
                ? Array(source[start - 1..<position]) : Array(source[start..<position - 1])
        }
        throw failure("a single quote is not closed")
    }

    private mutating func doubleQuoted() throws(DockerfileError) -> [Unicode.Scalar] {
        position += 1
        var result: [Unicode.Scalar] = options.keepsQuotes ? ["\""] : []
        while let next = peek {
            switch next {
            case "\"":
                position += 1
                if options.keepsQuotes { result.append("\"") }
                return result
            case "$":
                result += try dollar()
            case escape:
                position += 1
                if keepsEscapes { result.append(escape) }
                switch peek {
                case nil: break
                case "\"", "$", escape:
                    if let escaped = take() { result.append(escaped) }
                default: result.append(escape)
                }
            default:
                position += 1
                result.append(next)
            }
        }
        throw failure("a double quote is not closed")
    }

    /// A reference, with its `$` next.
    private mutating func dollar() throws(DockerfileError) -> [Unicode.Scalar] {
        position += 1
        guard peek == "{" else {
            let name = name()
            if name.isEmpty { return ["$"] }
            guard let value = value(of: name) else {
                return options.keepsUnset ? Array("$\(name)".unicodeScalars) : []
            }
            return Array(value.unicodeScalars)
        }
        position += 1
        switch peek {
        case nil: throw failure("the } of a ${…} is missing")
        case "{", "}", ":": throw failure("a ${…} does not begin with a name")
        default: return try substitution()
        }
    }

    /// Inside `${`, up to and with its `}`.
    private mutating func substitution() throws(DockerfileError) -> [Unicode.Scalar] {
        let name = name()
        guard var modifier = take() else { throw failure("the } of ${\(name) is missing") }
        if modifier == "}" {
            guard let value = value(of: name) else {
                return options.keepsUnset ? Array("${\(name)}".unicodeScalars) : []
            }
            return Array(value.unicodeScalars)
        }
        if modifier == "/" { return try replacement(in: name) }
        let treatsEmptyAsUnset = modifier == ":"
        var spelling = String(Character(modifier))
        if treatsEmptyAsUnset {
            guard let next = take() else { throw failure("the } of ${\(name): is missing") }
            modifier = next
            spelling = ":" + String(Character(next))
        }
        let isTrim = modifier == "#" || modifier == "%"
        guard "+-?".unicodeScalars.contains(modifier) || isTrim && !treatsEmptyAsUnset else {
            throw failure("the modifier \(spelling) in ${\(name)…} is not supported")
        }
        let operand = try operand(until: "}", keepsEscapes: isTrim, of: name)
        let value = value(of: name)
        if value == nil, options.keepsUnset {
            return Array("${\(name)\(spelling)".unicodeScalars) + operand + ["}"]
        }
        let isMissing = value.map { treatsEmptyAsUnset && $0.isEmpty } ?? true
        let current = Array((value ?? "").unicodeScalars)
        switch modifier {
        case "-": return isMissing ? operand : current
        case "+": return isMissing ? [] : operand
        case "?":
            if !isMissing { return current }
            let complaint = value == nil ? "must not be unset" : "must not be empty"
            throw failure("\(name): " + (operand.isEmpty ? complaint : String(scalars: operand)))
        default: return try trimmed(current, by: operand, modifier: modifier)
        }
    }

    private func trimmed(
        _ value: [Unicode.Scalar], by operand: [Unicode.Scalar], modifier: Unicode.Scalar
    ) throws(DockerfileError) -> [Unicode.Scalar] {
        let isGreedy = operand.first == modifier
        let pattern = try ShellPattern(isGreedy ? Array(operand.dropFirst()) : operand)
        return modifier == "#"
            ? pattern.removingPrefix(of: value, isGreedy: isGreedy)
            : pattern.removingSuffix(of: value, isGreedy: isGreedy)
    }

    /// `/pattern/replacement}`, the first slash already read.
    private mutating func replacement(in name: String) throws(DockerfileError) -> [Unicode.Scalar] {
        let everywhere = peek == "/"
        if everywhere { position += 1 }
        let pattern = try operand(until: "/", keepsEscapes: true, of: name)
        let replacement = try operand(until: "}", keepsEscapes: true, of: name)
        guard let value = value(of: name) else {
            if options.keepsUnset {
                return Array("${\(name)/".unicodeScalars) + pattern + ["/"] + replacement + ["}"]
            }
            return try ShellPattern(pattern).replacing(in: [], with: replacement, everywhere: everywhere)
        }
        return try ShellPattern(pattern)
            .replacing(in: Array(value.unicodeScalars), with: replacement, everywhere: everywhere)
    }

    private mutating func operand(
        until stop: Unicode.Scalar, keepsEscapes: Bool, of name: String
    ) throws(DockerfileError) -> [Unicode.Scalar] {
        do {
            return try text(until: stop, keepsEscapes: keepsEscapes, collects: false)
        } catch {
            guard peek == nil else { throw error }
            throw failure("the \(stop) of ${\(name)…} is missing")
        }
    }

    /// Letters, digits and `_`; or digits alone; or one special parameter. Empty where none of these stands.
    private mutating func name() -> String {
        guard let first = peek else { return "" }
        if "@*#?-$!".unicodeScalars.contains(first) {
            position += 1
            return String(Character(first))
        }
        let start = position
        let isNumber = first.isDecimalDigit
        while let next = peek {
            guard next.isDecimalDigit || !isNumber && (next.isLetter || next == "_") else { break }
            position += 1
        }
        return String(scalars: source[start..<position])
    }

    private mutating func value(of name: String) -> String? {
        let value = lookup(name)
        if value == nil {
            if !unmatched.contains(name) { unmatched.append(name) }
        } else if !used.contains(name) {
            used.append(name)
        }
        return value
    }

    private func failure(_ reason: String) -> DockerfileError {
        DockerfileError(.expansion, "cannot expand a word: \(reason)")
    }
}

extension Unicode.Scalar {
    fileprivate var isDecimalDigit: Bool {
        isASCII ? ("0"..."9").contains(self) : properties.generalCategory == .decimalNumber
    }

    fileprivate var isLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
}
