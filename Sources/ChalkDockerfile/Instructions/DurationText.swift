/// Durations as Go writes them: `1h30m`, `1.5s`, `100ms`, `-2us`, `0`.
enum DurationText {
    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1_000), ("\u{B5}s", 1_000), ("\u{3BC}s", 1_000), ("ms", 1_000_000),
        ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Nil when the text is no duration or does not fit 64 bits.
    static func nanoseconds(_ text: String) -> Int64? {
        var rest = text.unicodeScalars[...]
        var isNegative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            rest.removeFirst()
        }
        if String(rest) == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total: UInt64 = 0
        while !rest.isEmpty {
            guard let part = takePart(&rest) else { return nil }
            let (sum, overflows) = total.addingReportingOverflow(part)
            guard !overflows, sum <= UInt64(Int64.max) + 1 else { return nil }
            total = sum
        }
        if isNegative { return total == UInt64(Int64.max) + 1 ? .min : -Int64(total) }
        return Int64(exactly: total)
    }

    /// In the largest unit of h, m, s, ms and ns that leaves no fraction.
    static func text(_ nanoseconds: Int64) -> String {
        for (name, unit) in [
            ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
        ]
        where nanoseconds % Int64(unit) == 0 {
            return "\(nanoseconds / Int64(unit))\(name)"
        }
        return "\(nanoseconds)ns"
    }

    private static func takePart(_ rest: inout Substring.UnicodeScalarView) -> UInt64? {
        let isDigit: (Unicode.Scalar) -> Bool = { ("0"..."9").contains($0) }
        let whole = String(rest.prefix(while: isDigit))
        rest = rest.dropFirst(whole.unicodeScalars.count)
        var fraction = ""
        if rest.first == "." {
            rest.removeFirst()
            fraction = String(rest.prefix(while: isDigit))
            rest = rest.dropFirst(fraction.unicodeScalars.count)
        }
        if whole.isEmpty, fraction.isEmpty { return nil }
        let name = String(rest.prefix { $0 != "." && !isDigit($0) })
        guard let unit = units.first(where: { Array($0.name.utf8) == Array(name.utf8) })?.nanoseconds else {
            return nil
        }
        rest = rest.dropFirst(name.unicodeScalars.count)
        guard let count = whole.isEmpty ? 0 : UInt64(whole) else { return nil }
        let (value, overflows) = count.multipliedReportingOverflow(by: unit)
        guard !overflows else { return nil }
        // The reference decoder computes the fraction in doubles, and cuts what is less than a nanosecond.
        let digits = fraction.prefix(18)
        var scale = 1.0
        for _ in digits.utf8 { scale *= 10 }
        let extra = UInt64(Double(UInt64(digits) ?? 0) * (Double(unit) / scale))
        let (sum, tooBig) = value.addingReportingOverflow(extra)
        return tooBig ? nil : sum
    }
}
