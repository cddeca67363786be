/// Words from the other side, made fit for one line of an error.
enum PlainText {
    /// The text without control characters (runs of them and of spaces become one space), at most `limit` characters.
    static func clean(_ text: String, limit: Int = 200) -> String {
        var out = ""
        var count = 0
        var gap = false
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            // Format characters too: they can turn the direction of what follows.
            case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate,
                .privateUse, .unassigned:
                gap = count > 0
                continue
            default: break
            }
            if count + (gap ? 1 : 0) >= limit { return out + "…" }
            if gap {
                out.unicodeScalars.append(" ")
                count += 1
                gap = false
            }
            out.unicodeScalars.append(scalar)
            count += 1
        }
        return out
    }

    /// The same for bytes.
    static func clean(_ bytes: some Sequence<UInt8>, limit: Int = 200) -> String {
        clean(String(decoding: Array(bytes.prefix(limit * 8)), as: UTF8.self), limit: limit)
    }
}
