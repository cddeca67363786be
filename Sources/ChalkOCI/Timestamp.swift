/// Seconds since 1970 (UTC) and their RFC 3339 text.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Whole seconds.
    public let seconds: Int64

    /// A time from its seconds.
    public init(_ seconds: Int64) { self.seconds = seconds }

    /// 1980-01-01T00:00:00Z: the time in images where SOURCE_DATE_EPOCH does not say another. Zip files,
    /// and so Python wheels, cannot hold an earlier one.
    public static let defaultEpoch = Timestamp(315_532_800)

    /// Earlier first.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.seconds < b.seconds }

    /// `1980-01-01T00:00:00Z`.
    public var description: String {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        // Days to a civil date in the proleptic Gregorian calendar: count eras of 400 years from 0000-03-01.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civilMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let fourDigits = String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
        return "\(fourDigits)-\(two(civilMonth))-\(two(day))T"
            + "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }
}
