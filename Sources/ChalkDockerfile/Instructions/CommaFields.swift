/// Comma-separated fields with CSV quoting (RFC 4180), as `--mount` and `--device` have them.
enum CommaFields {
    static func cut(_ text: String, flag: String) throws(DockerfileError) -> [String] {
        guard !text.isEmpty else {
            throw DockerfileError(.flag, "\(flag) needs options, as in \(flag)=key=value")
        }
        var fields: [String] = []
        var rest = text.unicodeScalars[...]
        while true {
            if rest.first == "\"" {
                rest.removeFirst()
                guard let field = quotedField(&rest) else {
                    throw DockerfileError(
                        .flag, "a double quote in \(flag) is not closed before a comma or the end")
                }
                fields.append(field)
            } else {
                let field = rest.prefix { $0 != "," }
                guard !field.contains("\"") else {
                    throw DockerfileError(
                        .flag, "a double quote in \(flag) stands inside an option; quote it whole")
                }
                fields.append(String(field))
                rest = rest.dropFirst(field.count)
            }
            if rest.popFirst() == nil { return fields }
        }
    }

    /// Reads up to the closing quote; a comma or nothing must follow.
    private static func quotedField(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var field = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar != "\"" {
                field.append(scalar)
                continue
            }
            if rest.first == "\"" {
                rest.removeFirst()
                field.append("\"")
                continue
            }
            return rest.isEmpty || rest.first == "," ? String(field) : nil
        }
        return nil
    }

    /// The key in lower case; the value is nil where there is no `=`.
    static func option(_ field: String) -> (key: String, value: String?) {
        guard let equals = field.unicodeScalars.firstIndex(of: "=") else { return (field.lowercased(), nil) }
        let key = String(field.unicodeScalars[..<equals])
        return (key.lowercased(), String(field.unicodeScalars[equals...].dropFirst()))
    }

    /// The spellings of a truth value that Go has.
    static func bool(_ value: String) -> Bool? {
        switch value {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }
}

/// Sizes with binary units: `64m`, `1.5GiB`, `100`, `2 kb`.
enum ByteSize {
    /// Nil when the text is no size or does not fit 63 bits.
    static func bytes(_ text: String) -> Int64? {
        let isNumeric: (Unicode.Scalar) -> Bool = { ("0"..."9").contains($0) || $0 == "." || $0 == " " }
        guard let last = text.unicodeScalars.lastIndex(where: isNumeric) else { return nil }
        let isSpace = text.unicodeScalars[last] == " "
        let number = String(
            isSpace ? text.unicodeScalars[..<last] : text.unicodeScalars[...last])
        let unit = String(text.unicodeScalars[last...].dropFirst()).lowercased()
        let plain = "0123456789.eE+-".unicodeScalars
        guard number.unicodeScalars.allSatisfy({ plain.contains($0) }), let size = Double(number), size >= 0,
            let factor = factor(unit)
        else { return nil }
        // The first double that 63 bits cannot hold is 2 to the 63rd.
        let bytes = size * factor
        return bytes < 9_223_372_036_854_775_808 ? Int64(bytes) : nil
    }

    private static func factor(_ unit: String) -> Double? {
        let names = ["", "k", "m", "g", "t", "p"]
        var factor = 1.0
        for name in names {
            let spellings = name.isEmpty ? ["", "b"] : [name, name + "b", name + "ib"]
            if spellings.contains(unit) { return factor }
            factor *= 1024
        }
        return nil
    }
}
