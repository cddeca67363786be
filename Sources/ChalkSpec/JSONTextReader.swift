/// Reads one JSON text strictly: no comments, no trailing commas, no duplicate keys, valid UTF-8 only, nesting up
/// to 64. Errors have code `.syntax` and name line and column.
struct JSONTextReader {
    static let depthLimit = 64

    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    private var lineStart = 0
    /// UTF-8 continuation bytes seen on this line: columns count scalars.
    private var continuations = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The value of the text.
    static func read(_ bytes: [UInt8]) throws(SpecError) -> JSONNode {
        guard bytes.count <= ImageSpec.sizeLimit else {
            throw SpecError(
                .tooLarge, at: "",
                "the text has \(bytes.count) bytes; a spec may have at most \(ImageSpec.sizeLimit)")
        }
        var reader = JSONTextReader(bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            reader.offset = 3
            reader.lineStart = 3
        }
        reader.skipSpace()
        let node = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.peek == nil else { throw reader.error("there is more text after the end of the value") }
        return node
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private var position: JSONPosition {
        JSONPosition(line: line, column: offset - lineStart - continuations + 1)
    }

    private func error(_ problem: String, at place: JSONPosition? = nil) -> SpecError {
        let place = place ?? position
        return SpecError(
            .syntax, at: "", "line \(place.line), column \(place.column): \(problem)", line: place.line,
            column: place.column)
    }

    private mutating func skipSpace() {
        while let byte = peek {
            switch byte {
            case 0x20, 0x09, 0x0D: offset += 1
            case 0x0A:
                offset += 1
                line += 1
                lineStart = offset
                continuations = 0
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(SpecError) -> JSONNode {
        guard depth < Self.depthLimit else {
            throw error("values are nested more than \(Self.depthLimit) deep")
        }
        let start = position
        guard let byte = peek else { throw error("the text ends where a value is expected") }
        switch byte {
        case UInt8(ascii: "{"):
            return JSONNode(value: .object(try object(depth: depth)), position: start)
        case UInt8(ascii: "["):
            return JSONNode(value: .array(try array(depth: depth)), position: start)
        case UInt8(ascii: "\""):
            return JSONNode(value: .string(try string()), position: start)
        case UInt8(ascii: "-"), 0x30...0x39:
            return JSONNode(value: .number(try number()), position: start)
        case UInt8(ascii: "t"):
            try word("true")
            return JSONNode(value: .bool(true), position: start)
        case UInt8(ascii: "f"):
            try word("false")
            return JSONNode(value: .bool(false), position: start)
        case UInt8(ascii: "n"):
            try word("null")
            return JSONNode(value: .null, position: start)
        case UInt8(ascii: "/"), UInt8(ascii: "#"):
            throw error("comments are not JSON")
        case UInt8(ascii: "'"):
            throw error("strings stand in double quotes")
        default:
            throw error("a value is expected here")
        }
    }

    private mutating func word(_ word: String) throws(SpecError) {
        guard bytes[offset...].starts(with: word.utf8) else { throw error("a value is expected here") }
        let next = offset + word.utf8.count
        if next < bytes.count, (0x61...0x7A).contains(bytes[next] | 0x20) {
            throw error("a value is expected here")
        }
        offset = next
    }

    private mutating func object(depth: Int) throws(SpecError) -> [JSONMember] {
        offset += 1
        var members: [JSONMember] = []
        var keys: [String: JSONPosition] = [:]
        skipSpace()
        if peek == UInt8(ascii: "}") {
            offset += 1
            return members
        }
        while true {
            let place = position
            guard peek == UInt8(ascii: "\"") else {
                throw keyExpected
            }
            let key = try string()
            if let first = keys.updateValue(place, forKey: key) {
                throw error(
                    "the key \(quoted(key)) was given before, at line \(first.line), column \(first.column)",
                    at: place)
            }
            skipSpace()
            guard peek == UInt8(ascii: ":") else { throw error("\":\" is expected after the key") }
            offset += 1
            skipSpace()
            members.append(JSONMember(key: key, node: try value(depth: depth + 1), position: place))
            skipSpace()
            switch peek {
            case UInt8(ascii: ","):
                offset += 1
                skipSpace()
                if peek == UInt8(ascii: "}") { throw error("a comma stands before the end of an object") }
            case UInt8(ascii: "}"):
                offset += 1
                return members
            case nil: throw error("the text ends inside an object")
            default: throw error("\",\" or \"}\" is expected here")
            }
        }
    }

    private var keyExpected: SpecError {
        switch peek {
        case nil: error("the text ends inside an object")
        case UInt8(ascii: "/"), UInt8(ascii: "#"): error("comments are not JSON")
        default: error("a key in double quotes is expected here")
        }
    }

    private mutating func array(depth: Int) throws(SpecError) -> [JSONNode] {
        offset += 1
        var elements: [JSONNode] = []
        skipSpace()
        if peek == UInt8(ascii: "]") {
            offset += 1
            return elements
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            switch peek {
            case UInt8(ascii: ","):
                offset += 1
                skipSpace()
                if peek == UInt8(ascii: "]") { throw error("a comma stands before the end of an array") }
            case UInt8(ascii: "]"):
                offset += 1
                return elements
            case nil: throw error("the text ends inside an array")
            default: throw error("\",\" or \"]\" is expected here")
            }
        }
    }

    private mutating func number() throws(SpecError) -> String {
        let start = offset
        let place = position
        if peek == UInt8(ascii: "-") { offset += 1 }
        let isZero = peek == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0 else { throw error("a number needs a digit here") }
        guard !(isZero && whole > 1) else {
            throw error("a number has no leading zero; octal goes into a string, as \"0755\"", at: place)
        }
        if peek == UInt8(ascii: ".") {
            offset += 1
            guard digits() > 0 else { throw error("a number needs a digit here") }
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            offset += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { offset += 1 }
            guard digits() > 0 else { throw error("a number needs a digit here") }
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = offset
        while let byte = peek, (0x30...0x39).contains(byte) { offset += 1 }
        return offset - start
    }

    private mutating func string() throws(SpecError) -> String {
        let place = position
        offset += 1
        var text: [UInt8] = []
        var run = offset
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                text += bytes[run..<offset]
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error("the string is not valid UTF-8", at: place)
                }
                offset += 1
                return string
            case UInt8(ascii: "\\"):
                text += bytes[run..<offset]
                try escape(into: &text)
                run = offset
            case 0..<0x20:
                throw error(
                    byte == 0x0A || byte == 0x0D
                        ? "the string is not closed on its line; write a line break as \\n"
                        : "a control character in a string is written as an escape")
            default:
                if byte & 0xC0 == 0x80 { continuations += 1 }
                offset += 1
            }
        }
        throw error("the string that starts here is not closed", at: place)
    }

    private mutating func escape(into text: inout [UInt8]) throws(SpecError) {
        let place = position
        offset += 1
        guard let byte = peek else { return }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try hex4(place)
            if (0xD800..<0xDC00).contains(scalar) {
                guard bytes[offset...].starts(with: "\\u".utf8) else {
                    throw error("half of a surrogate pair stands alone", at: place)
                }
                offset += 2
                let low = try hex4(place)
                guard (0xDC00..<0xE000).contains(low) else {
                    throw error("half of a surrogate pair stands alone", at: place)
                }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let unicode = Unicode.Scalar(scalar) else {
                throw error("half of a surrogate pair stands alone", at: place)
            }
            text += Array(String(Character(unicode)).utf8)
        default:
            throw error("this is not an escape of JSON", at: place)
        }
    }

    private mutating func hex4(_ place: JSONPosition) throws(SpecError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("\\u needs four hexadecimal digits", at: place)
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
