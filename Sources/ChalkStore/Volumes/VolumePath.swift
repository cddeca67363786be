/// A place in a volume: names from its top. A slash at the front or end says nothing; empty and `.` names go.
package struct VolumePath: Hashable, Sendable, CustomStringConvertible {
    /// The names; none for the top.
    package let components: [[UInt8]]

    /// A path from its text.
    ///
    /// - Throws: ``StoreError`` `.invalidRequest` for one that goes up or has a NUL.
    package init(_ path: [UInt8]) throws(StoreError) {
        let names = path.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != [0x2E] }
        guard !path.contains(0), !names.contains([0x2E, 0x2E]), names.allSatisfy({ $0.count <= 255 }),
            names.count <= 200
        else {
            throw StoreError(
                .invalidRequest,
                "\"\(String(decoding: path, as: UTF8.self))\" is no path in a volume: it may not have .. in it, "
                    + "nor names of more than 255 bytes, nor more than 200 of them")
        }
        components = names
    }

    /// A path from its text.
    package init(_ path: String) throws(StoreError) { try self.init(Array(path.utf8)) }

    /// Whether it is the volume itself.
    package var isTop: Bool { components.isEmpty }

    /// The bytes, without a slash at the front.
    package var bytes: [UInt8] { Array(components.joined(separator: [UInt8(ascii: "/")])) }

    package var description: String { isTop ? "/" : String(decoding: bytes, as: UTF8.self) }
}
