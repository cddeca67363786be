/// What a volume is called: a letter or digit, then letters, digits, `_`, `.` and `-`, 128 at most.
package struct VolumeName: Hashable, Sendable, CustomStringConvertible {
    /// The name, which is also that of its directory.
    package let text: String

    /// A checked name.
    ///
    /// - Throws: ``StoreError`` `.invalidRequest`.
    package init(_ text: String) throws(StoreError) {
        let bytes = Array(text.utf8)
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = bytes.first, isPlain(first), bytes.count <= 128,
            bytes.allSatisfy({ isPlain($0) || "_.-".utf8.contains($0) })
        else {
            throw StoreError(
                .invalidRequest,
                "\"\(text)\" cannot be the name of a volume: it has letters, digits, _, . and -, begins with a "
                    + "letter or digit, and has at most 128 of them")
        }
        self.text = text
    }

    package var description: String { text }
}
