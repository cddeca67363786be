/// What people may call a thing: a letter or digit, then letters, digits, `_`, `.` and `-`. So every such name is also
/// one that a file may have, and none looks like an option.
package struct NameRule: Sendable {
    private let thing: String
    private let limit: Int

    /// The rule for one kind of things.
    ///
    /// - Parameters:
    ///   - thing: as it is told to people, with its article.
    ///   - limit: most letters in a name.
    package init(for thing: String, limit: Int) {
        self.thing = thing
        self.limit = limit
    }

    /// - Throws: ``StoreError`` `.invalidRequest` for a name that breaks the rule.
    package func check(_ name: String) throws(StoreError) {
        let bytes = Array(name.utf8)
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = bytes.first, isPlain(first), bytes.count <= limit,
            bytes.allSatisfy({ isPlain($0) || "_.-".utf8.contains($0) })
        else {
            throw StoreError(
                .invalidRequest,
                "\"\(name)\" cannot be the name of \(thing): it has letters, digits, _, . and -, begins with a "
                    + "letter or digit, and has at most \(limit) of them")
        }
    }
}
