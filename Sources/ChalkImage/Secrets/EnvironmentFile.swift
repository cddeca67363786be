internal import ChalkSystem

/// The `NAME=value` lines of a `.env` file, in the syntax that dotenv libraries share. Nothing is expanded: `$` is a
/// character as any other.
struct EnvironmentFile {
    private static let limit = 1 << 20
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var line = 1

    private init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The variables of a file, in its order.
    ///
    /// - Parameters:
    ///   - path: absolute.
    ///   - shown: what the user called it.
    /// - Throws: ``ChalkError``: `notFound`, or `invalidInput` with file and line and never a value.
    static func read(_ path: String, shownAs shown: String) throws(ChalkError) -> [(String, [UInt8])] {
        let bytes = try ChalkError.wrap { () throws -> [UInt8] in
            guard try FileSystem.statusIfPresent(path)?.kind == .file else {
                throw ChalkError(.notFound, "the file of secrets \(shown) is not there, or is no file")
            }
            return try FileSystem.read(path, limit: limit)
        }
        return try parse(bytes, file: shown)
    }

    /// The variables of a text.
    ///
    /// - Parameter file: what errors call it.
    static func parse(_ bytes: [UInt8], file: String) throws(ChalkError) -> [(String, [UInt8])] {
        var reader = EnvironmentFile(bytes, file: file)
        var variables: [(String, [UInt8])] = []
        while let variable = try reader.next() { variables.append(variable) }
        return variables
    }

    private mutating func next() throws(ChalkError) -> (String, [UInt8])? {
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " "), UInt8(ascii: "\t"): advance()
            case UInt8(ascii: "#"): skipLine()
            default: return try variable()
            }
        }
        return nil
    }

    private mutating func variable() throws(ChalkError) -> (String, [UInt8]) {
        var name = word()
        if name == "export", skipBlanks() > 0, peek.map(EnvironmentFile.isNamePart) ?? false {
            name = word()
        }
        skipBlanks()
        let start = name.utf8.first
        guard !name.isEmpty, let start, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(start),
            peek == UInt8(ascii: "=")
        else { throw wrong("a line is NAME=value, a comment, or empty") }
        advance()
        skipBlanks()
        let value =
            switch peek {
            case UInt8(ascii: "'"): try quoted(UInt8(ascii: "'"), name)
            case UInt8(ascii: "\""): try quoted(UInt8(ascii: "\""), name)
            default: plain()
            }
        if value.contains(0) { throw wrong("the value of \(name) has a NUL byte") }
        return (name, value)
    }

    /// Up to the end of the line or a comment, without the space around it.
    private mutating func plain() -> [UInt8] {
        let start = position
        while let byte = peek, byte != UInt8(ascii: "\n") {
            let follows = position == start || EnvironmentFile.isBlank(bytes[position - 1])
            if byte == UInt8(ascii: "#"), follows { break }
            position += 1
        }
        var value = bytes[start..<position]
        while let last = value.last, EnvironmentFile.isBlank(last) || last == UInt8(ascii: "\r") {
            value.removeLast()
        }
        skipLine()
        return Array(value)
    }

    /// Up to the closing quote, over as many lines as it takes.
    private mutating func quoted(_ quote: UInt8, _ name: String) throws(ChalkError) -> [UInt8] {
        let first = line
        advance()
        var value: [UInt8] = []
        while let byte = peek, byte != quote {
            advance()
            if byte == UInt8(ascii: "\\"), let next = peek,
                let meaning = EnvironmentFile.meaning(of: next, in: quote)
            {
                advance()
                value.append(meaning)
            } else {
                value.append(byte)
            }
        }
        guard peek == quote else {
            throw wrong("the quote of the value of \(name) is not closed", line: first)
        }
        advance()
        skipBlanks()
        guard peek.map({ [UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#")].contains($0) }) ?? true
        else { throw wrong("something follows the closing quote of the value of \(name)") }
        skipLine()
        return value
    }

    /// What a character behind a backslash stands for; nil where the backslash is one.
    private static func meaning(of byte: UInt8, in quote: UInt8) -> UInt8? {
        if byte == quote || byte == UInt8(ascii: "\\") { return byte }
        guard quote == UInt8(ascii: "\"") else { return nil }
        switch byte {
        case UInt8(ascii: "n"): return UInt8(ascii: "\n")
        case UInt8(ascii: "r"): return UInt8(ascii: "\r")
        case UInt8(ascii: "t"): return UInt8(ascii: "\t")
        case UInt8(ascii: "$"), UInt8(ascii: "`"): return byte
        default: return nil
        }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func advance() {
        if peek == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func skipLine() {
        while let byte = peek {
            advance()
            if byte == UInt8(ascii: "\n") { return }
        }
    }

    @discardableResult
    private mutating func skipBlanks() -> Int {
        let start = position
        while let byte = peek, EnvironmentFile.isBlank(byte) { position += 1 }
        return position - start
    }

    private mutating func word() -> String {
        let start = position
        while let byte = peek, EnvironmentFile.isNamePart(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func wrong(_ what: String, line: Int? = nil) -> ChalkError {
        ChalkError(.invalidInput, "\(file):\(line ?? self.line): \(what)")
    }
}
