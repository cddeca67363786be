/// Amounts of processors and memory as people write them.
enum ResourceAmount {
    /// Microseconds of processor time in each ``processorPeriod``: `2`, `0.5` and `1.25` are processors, `500m` is
    /// half of one.
    static func processorQuota(_ text: String) throws(ChalkError) -> Int64 {
        let isMilli = text.hasSuffix("m")
        guard let number = decimal(isMilli ? String(text.dropLast()) : text), number < 1_000_000 else {
            throw ChalkError(
                .invalidInput, "\"\(text)\" is no number of processors: 2, 0.5 and 500m are")
        }
        let quota = Int64((number * Double(processorPeriod) / (isMilli ? 1_000 : 1)).rounded())
        guard quota >= 1_000 else {
            throw ChalkError(
                .invalidInput, "\"\(text)\" is too little of a processor: the kernel takes 10m and more")
        }
        return quota
    }

    /// Microseconds.
    static let processorPeriod: Int64 = 100_000

    /// Bytes: `2Gi`, `512Mi`, as Kubernetes writes them; `2g`, `512m`, `512M`, as Docker does, where a letter alone
    /// is a power of 1024 as well.
    static func memory(_ text: String) throws(ChalkError) -> Int64 {
        let units: [String: Int64] = ["": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        var unit = text.dropFirst(digits.count).lowercased()
        for end in ["ib", "b", "i"] where unit.hasSuffix(end) && (end == "b" || unit.count > end.count) {
            unit.removeLast(end.count)
            break
        }
        guard let number = decimal(String(digits)), let factor = units[unit],
            number * Double(factor) < Double(1 << 60)
        else {
            throw ChalkError(.invalidInput, "\"\(text)\" is no amount of memory: 2Gi, 512Mi and 512m are")
        }
        let bytes = Int64(number * Double(factor))
        guard bytes >= lowestMemory else {
            throw ChalkError(
                .invalidInput, "\"\(text)\" is too little memory: no container starts with less than 6Mi")
        }
        return bytes
    }

    private static let lowestMemory: Int64 = 6 << 20

    private static func decimal(_ text: String) -> Double? {
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || first == UInt8(ascii: "."),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(text)
    }
}
