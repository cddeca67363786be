/// A place in the bytes of a Dockerfile.
package struct SourcePosition: Sendable, Hashable {
    /// 1-based.
    package let line: Int
    /// 1-based, counted in bytes from the start of the physical line (a byte-order mark counts).
    package let column: Int
    /// 0-based, in bytes from the start of the file.
    package let offset: Int
}

/// A half-open stretch of a Dockerfile: `end` is the place after the last byte.
package struct SourceRange: Sendable, Hashable {
    package let start: SourcePosition
    package let end: SourcePosition
}

/// Where each physical line starts, to turn byte offsets into lines and columns.
struct LineTable: Sendable {
    private let starts: [Int]

    init(_ bytes: [UInt8]) {
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        self.starts = starts
    }

    func position(_ offset: Int) -> SourcePosition {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return SourcePosition(line: low + 1, column: offset - starts[low] + 1, offset: offset)
    }

    func range(_ offsets: Range<Int>) -> SourceRange {
        SourceRange(start: position(offsets.lowerBound), end: position(offsets.upperBound))
    }
}
