/// Writes JSON for people: two spaces a level, members in the order given, a line break at the end. The same value
/// always gives the same bytes.
enum JSONTextWriter {
    /// A value to write.
    indirect enum Value {
        case string(String)
        case number(UInt64)
        case bool(Bool)
        case array([Value])
        case object([(key: String, value: Value)])

        static func strings(_ strings: [String]) -> Value { .array(strings.map { .string($0) }) }
    }

    static func text(_ value: Value) -> String {
        var text = ""
        write(value, indent: 0, into: &text)
        return text + "\n"
    }

    private static func write(_ value: Value, indent: Int, into text: inout String) {
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        switch value {
        case .string(let string): text += literal(string)
        case .number(let number): text += String(number)
        case .bool(let bool): text += bool ? "true" : "false"
        case .array(let elements):
            if elements.isEmpty {
                text += "[]"
                return
            }
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += inner
                write(element, indent: indent + 1, into: &text)
                text += index + 1 < elements.count ? ",\n" : "\n"
            }
            text += outer + "]"
        case .object(let members):
            if members.isEmpty {
                text += "{}"
                return
            }
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += inner + literal(member.key) + ": "
                write(member.value, indent: indent + 1, into: &text)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += outer + "}"
        }
    }

    private static func literal(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar.value {
            case 0x22: text += "\\\""
            case 0x5C: text += "\\\\"
            case 0x0A: text += "\\n"
            case 0x0D: text += "\\r"
            case 0x09: text += "\\t"
            case 0..<0x20, 0x7F:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
