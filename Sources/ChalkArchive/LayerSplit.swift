/// How the entries of one step become several layers, such that an edit moves one of them: a function of paths and
/// sizes alone. See `docs/decisions/0006`.
///
/// Files of at least ``bigFile`` are alone, the first ``mostBig`` of them in the order of their size's class and path.
/// The rest is cut into units, which are sub-trees of a size or what lies directly in a larger directory; the hash of
/// a unit's path says which of up to ``mostShared`` layers it goes to. How large a unit may be, and how many layers
/// there are, goes by powers of two of the size of it all, so that only what changes the whole changes the cut.
package struct LayerSplit {
    /// An entry, as far as the rule looks at it.
    package struct Item: Hashable, Sendable {
        /// Relative, no `.` or empty components; empty for the root directory.
        package let path: [UInt8]
        /// Bytes of content.
        package let size: Int64
        /// Whether others may lie below it.
        package let isDirectory: Bool

        /// An item from its parts.
        package init(path: [UInt8], size: Int64, isDirectory: Bool) {
            self.path = path
            self.size = size
            self.isDirectory = isDirectory
        }
    }

    /// One of the layers.
    package struct Part: Hashable, Sendable {
        /// The same for the layer that takes its place after an edit.
        package let name: [UInt8]
        /// Its entries, in order, the directories above them included.
        package let indices: [Int]
    }

    /// Layers that one step becomes at most.
    package static let most = mostBig + mostShared
    static let mostBig = 6
    static let mostShared = 6
    /// A file of so many bytes is alone.
    static let bigFile: Int64 = 64 << 20
    /// A step of fewer bytes stays one layer: its requests would cost more than its bytes.
    static let smallStep: Int64 = 64 << 20
    private static let smallestUnit: Int64 = 4 << 20

    private let items: [Item]
    private let bigs: Set<Int>
    private let rest: Int64
    /// Bytes below each directory, without big files.
    private var weights: [ArraySlice<UInt8>: Int64] = [:]

    /// The layers of entries that are in the order of layers. Every entry is in one layer; the directories above it
    /// are in that layer too, so that it can be applied by itself.
    package static func layers(of items: [Item]) -> [Part] {
        if items.isEmpty { return [] }
        let total = items.reduce(0) { $0 + $1.size }
        if total < smallStep { return [Part(name: [], indices: Array(items.indices))] }
        return LayerSplit(items).layers()
    }

    private init(_ items: [Item]) {
        self.items = items
        let candidates = items.indices.filter {
            !items[$0].isDirectory && items[$0].size >= LayerSplit.bigFile
        }
        let sorted = candidates.sorted {
            let (left, right) = (LayerSplit.sizeClass(items[$0].size), LayerSplit.sizeClass(items[$1].size))
            return left == right ? $0 < $1 : left > right
        }
        bigs = Set(sorted.prefix(LayerSplit.mostBig))
        var rest: Int64 = 0
        for index in items.indices where !bigs.contains(index) && items[index].size > 0 {
            rest += items[index].size
            for end in LayerSplit.ends(above: items[index].path) {
                weights[items[index].path[..<end], default: 0] += items[index].size
            }
        }
        self.rest = rest
    }

    private func layers() -> [Part] {
        let unit = max(LayerSplit.smallestUnit, Int64(1) << max(0, LayerSplit.sizeClass(rest) - 4))
        // 1 below 32 MiB, then one more for each doubling.
        let count = min(LayerSplit.mostShared, max(1, LayerSplit.sizeClass(rest) - 23))
        var shared = [[Int]](repeating: [], count: count)
        var alone: [Part] = []
        for index in items.indices {
            if bigs.contains(index) {
                alone.append(part(items[index].path, [index]))
            } else {
                let place = Int(LayerSplit.hash(unitPath(of: items[index], limit: unit)) % UInt64(count))
                shared[place].append(index)
            }
        }
        return shared.indices.filter { !shared[$0].isEmpty }.map { part([UInt8($0)], shared[$0]) } + alone
    }

    /// The directory that an entry belongs to: the highest one above it, or itself, that is small enough; else the
    /// one that it lies in.
    private func unitPath(of item: Item, limit: Int64) -> ArraySlice<UInt8> {
        var ends = LayerSplit.ends(above: item.path)
        if item.isDirectory, !item.path.isEmpty { ends.append(item.path.count) }
        for end in ends where weights[item.path[..<end], default: 0] <= limit { return item.path[..<end] }
        return item.path[..<(ends.last ?? 0)]
    }

    /// A layer with the directories above its entries.
    private func part(_ name: [UInt8], _ layer: [Int]) -> Part {
        var wanted: Set<ArraySlice<UInt8>> = []
        for index in layer {
            for end in LayerSplit.ends(above: items[index].path) { wanted.insert(items[index].path[..<end]) }
        }
        let mine = Set(layer)
        let indices = items.indices.filter { index in
            mine.contains(index) || items[index].isDirectory && wanted.contains(items[index].path[...])
        }
        return Part(name: name, indices: indices)
    }

    /// Where the paths of the directories above a path end, the root's first.
    private static func ends(above path: [UInt8]) -> [Int] {
        path.isEmpty ? [] : [0] + path.indices.filter { path[$0] == LayerPath.slash }
    }

    /// The exponent of the largest power of two that is not larger; 0 for 0.
    private static func sizeClass(_ size: Int64) -> Int { size <= 0 ? 0 : 63 - size.leadingZeroBitCount }

    /// FNV-1a with a finisher.
    private static func hash(_ path: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in path { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash ^= hash >> 33
        hash = hash &* 0xFF51_AFD7_ED55_8CCD
        return hash ^ hash >> 33
    }
}
