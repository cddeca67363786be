/// Amounts for people, without a locale.
enum HumanSize {
    /// `999 B`, `1.5 kB`, `38.9 MB` (powers of 1000).
    static func bytes(_ count: Int64) -> String {
        if count < 1000 { return "\(count) B" }
        var value = Double(count)
        for unit in ["kB", "MB", "GB", "TB"] {
            value /= 1000
            if value < 999.95 || unit == "TB" { return "\(oneDecimal(value)) \(unit)" }
        }
        return "\(count) B"
    }

    /// `0.4s`, `12.3s`, `2m05s`.
    static func seconds(_ value: Double) -> String {
        if value < 60 { return "\(oneDecimal(value))s" }
        let whole = Int(value.rounded())
        return "\(whole / 60)m\(whole % 60 < 10 ? "0" : "")\(whole % 60)s"
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
