/// Permission bits as a spec's JSON writes them.
enum FileMode {
    /// A number (ProtoJSON uint32), a decimal string (the same), or an octal string such as "0755" or "0o755".
    static func read(_ node: JSONNode, at path: String) throws(SpecError) -> UInt32 {
        let mode: UInt32?
        let shown: String
        switch node.value {
        case .number(let text):
            shown = text
            mode = whole(text)
        case .string(let text):
            shown = quoted(text)
            mode = try fromString(text, at: path, node: node)
        default:
            throw JSONFields.wrongKind(
                node, wanted: "a number or an octal string such as \"0755\"", at: path)
        }
        guard let mode, mode <= 0o7777 else {
            throw SpecError(
                .invalid, at: path,
                "\(shown) is not a file mode; write an octal string from \"0000\" to \"07777\"",
                line: node.position.line, column: node.position.column)
        }
        return mode
    }

    private static func fromString(_ text: String, at path: String, node: JSONNode) throws(SpecError)
        -> UInt32?
    {
        let isDigits = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if text.hasPrefix("0o") || text.hasPrefix("0O") {
            let digits = text.dropFirst(2)
            return digits.utf8.first == UInt8(ascii: "+") ? nil : UInt32(digits, radix: 8)
        }
        guard isDigits else { return nil }
        if text.utf8.count > 1, text.utf8.first == UInt8(ascii: "0") { return UInt32(text, radix: 8) }
        guard let decimal = UInt32(text) else { return nil }
        // ProtoJSON reads "755" as the decimal number; nobody means that by it.
        if decimal > 0o777, UInt32(text, radix: 8) != nil {
            throw SpecError(
                .invalid, at: path,
                "\(quoted(text)) would be a decimal number; write \(quoted("0" + text)) for octal",
                line: node.position.line, column: node.position.column)
        }
        return decimal
    }

    /// A JSON number without a fraction, such as `493`, `493.0` or `4.93e2`.
    private static func whole(_ text: String) -> UInt32? {
        if let number = UInt32(text) { return number }
        guard let double = Double(text), double >= 0, double <= 4095, double == double.rounded() else {
            return nil
        }
        return UInt32(double)
    }

    /// Octal with a leading zero, at least four digits: `0755`, `07777`.
    static func text(_ mode: UInt32) -> String {
        let digits = "0" + String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
