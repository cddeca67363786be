/// Spellings of a final value that the readers take back to it.
enum QuotedWord {
    /// Letters that mean nothing to any reader.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "/", ":", "@", "%", "+", ",", "-": true
        default: false
        }
    }

    static func isPlain(_ value: String) -> Bool {
        !value.isEmpty && value.unicodeScalars.allSatisfy(isPlain)
    }

    /// A word that is expanded: as it is where it can be, else in double quotes.
    static func expanded(_ value: String) -> String {
        isPlain(value) ? value : "\"" + escaping(value, "\"$\\") + "\""
    }

    /// The value of a flag, from which one layer of quotes is taken before anything else.
    static func flag(_ value: String) -> String {
        let isSafe = value.unicodeScalars.allSatisfy { isPlain($0) || $0 == "=" || $0 == "*" || $0 == "$" }
        return isSafe && !value.isEmpty ? value : "\"" + escaping(value, "\"\\") + "\""
    }

    /// An element of a JSON form whose strings are expanded: nothing but quotes, `$` and backslashes need
    /// care.
    static func jsonExpanded(_ values: [String]) -> String {
        json(values.map { escaping($0, "\"'$\\") })
    }

    static func json(_ values: [String]) -> String {
        JSONText.array(values.map { .string($0) }).text
    }

    static func escaping(_ value: String, _ special: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            if special.unicodeScalars.contains(scalar) { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }
}
