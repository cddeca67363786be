/// Numbers as text, the same in every locale.
enum Figures {
    /// With so many digits after the point.
    static func text(_ value: Double, digits: Int) -> String {
        var power = 1.0
        for _ in 0..<digits { power *= 10 }
        let scaled = (value * power).rounded()
        guard scaled.magnitude < 1e15 else { return "\(value)" }
        var all = String(Int(scaled.magnitude))
        while all.count <= digits { all = "0" + all }
        let sign = scaled < 0 ? "-" : ""
        return digits == 0 ? sign + all : sign + all.dropLast(digits) + "." + all.suffix(digits)
    }

    /// Three digits that count.
    static func short(_ value: Double) -> String {
        text(value, digits: value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3)
    }

    /// Seconds, or milliseconds where seconds say nothing.
    static func seconds(_ value: Double) -> String {
        value < 0.0995 ? "\(short(value * 1_000)) ms" : "\(short(value)) s"
    }

    /// Millions of bytes.
    static func megabytes(_ value: Double) -> String { short(value / 1_000_000) }

    /// `1.07 (1.02 to 1.10)`; a single measurement has no spread to show.
    static func spread(_ spread: Spread, _ text: (Double) -> String) -> String {
        spread.count == 1
            ? text(spread.median)
            : "\(text(spread.median)) (\(text(spread.least)) to \(text(spread.most)))"
    }
}
