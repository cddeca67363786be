internal import ChalkSystem

/// A path relative to the root, with the places of its components at hand.
struct ComponentPath: Sendable {
    /// The components with a slash between each two.
    private(set) var bytes: [UInt8] = []
    private var starts: [Int] = []

    init() {}

    init(_ path: [UInt8]) {
        for part in path.split(separator: UInt8(ascii: "/")) { push(part) }
    }

    /// Number of components.
    var count: Int { starts.count }

    /// The bytes of component `index`.
    @inline(__always)
    func range(_ index: Int) -> Range<Int> {
        starts[index]..<(index + 1 < starts.count ? starts[index + 1] - 1 : bytes.count)
    }

    @inline(__always)
    mutating func push(_ name: some Collection<UInt8>) {
        if !starts.isEmpty { bytes.append(UInt8(ascii: "/")) }
        starts.append(bytes.count)
        bytes.append(contentsOf: name)
    }

    /// Adds a name of a listing.
    @inline(__always)
    mutating func push(_ index: Int, of listing: borrowing DirectoryListing) {
        if !starts.isEmpty { bytes.append(UInt8(ascii: "/")) }
        starts.append(bytes.count)
        listing.append(index, to: &bytes)
    }

    /// Takes the last component off.
    @inline(__always)
    mutating func pop() {
        guard let start = starts.popLast() else { return }
        bytes.removeLast(bytes.count - max(start - 1, 0))
    }
}
