/// One instruction's text with its continuation lines joined; every scalar remembers where it stood in the
/// file.
struct LogicalText: Sendable {
    private(set) var scalars: [Unicode.Scalar] = []
    private var offsets: [Int] = []

    var fullRange: Range<Int> { 0..<scalars.count }

    /// Appends a stretch of the file. False, with nothing appended, when it is not valid UTF-8.
    mutating func append(_ range: Range<Int>, of bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes[range], as: UTF8.self) else { return false }
        var offset = range.lowerBound
        for scalar in text.unicodeScalars {
            scalars.append(scalar)
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
        return true
    }

    func string(_ range: Range<Int>) -> String {
        String(scalars: scalars[range])
    }

    /// The bytes of the file from the first to the last scalar of `range`; an empty range is a place.
    func sourceOffsets(_ range: Range<Int>) -> Range<Int> {
        guard let last = range.last else {
            if range.lowerBound < offsets.count {
                return offsets[range.lowerBound]..<offsets[range.lowerBound]
            }
            guard let final = scalars.indices.last else { return 0..<0 }
            let end = offsets[final] + UTF8.width(scalars[final])
            return end..<end
        }
        return offsets[range.lowerBound]..<offsets[last] + UTF8.width(scalars[last])
    }

    func trimmingStart(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        while start < range.upperBound, scalars[start].isSpace { start += 1 }
        return start..<range.upperBound
    }

    func trimming(_ range: Range<Int>) -> Range<Int> {
        let rest = trimmingStart(range)
        var end = rest.upperBound
        while end > rest.lowerBound, scalars[end - 1].isSpace { end -= 1 }
        return rest.lowerBound..<end
    }

    func firstIndex(of scalar: Unicode.Scalar, in range: Range<Int>) -> Int? {
        scalars[range].firstIndex(of: scalar)
    }
}

extension UTF8 {
    static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case ..<0x80: 1
        case ..<0x800: 2
        case ..<0x10000: 3
        default: 4
        }
    }
}

extension String {
    init(scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
