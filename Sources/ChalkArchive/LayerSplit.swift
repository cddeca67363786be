/// How the entries of one step become several layers, such that an edit moves one of them: a function of paths and
/// sizes alone. See `docs/decisions/0006`.
///
/// Files of at least ``bigFile`` are alone, the first ``mostBig`` of them in the order of their size's class and path.
/// The rest is cut into units, which are sub-trees of a size or what lies directly in a larger directory; the hash of
/// a unit's path says which of ``mostShared`` layers it goes to. How large a unit may be goes by powers of two of the
/// size of it all, so that only what changes the whole changes the cut.
package struct LayerSplit {
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

    /// A directory that entries lie in, listed itself or not.
    private struct Node {
        let parent: Int
        /// Its path is the first `end` bytes of this entry's.
        let entry: Int
        let end: Int
        /// Bytes below it, without big files.
        var weight: Int64 = 0
        /// What hash and number of layers make of its unit.
        var layer = 0
        /// Whether all below belongs to the same unit.
        var isUnit = false
    }

    private let list: EntryList
    private let bigs: Set<Int>
    /// Parents first.
    private var nodes = [Node(parent: 0, entry: 0, end: 0)]
    /// The node of each directory, and the one that each other entry lies in.
    private var homes: [Int] = []

    /// The layers of a list that was arranged. Every entry is in one layer; the listed directories above it are in that
    /// layer too, so that it can be applied by itself.
    package static func layers(of list: EntryList) -> [Part] {
        if list.count == 0 { return [] }
        let total = (0..<list.count).reduce(0) { $0 + list.size($1) }
        if total < smallStep { return [Part(name: [], indices: Array(0..<list.count))] }
        var split = LayerSplit(list)
        return split.layers()
    }

    private init(_ list: EntryList) {
        self.list = list
        let candidates = (0..<list.count).filter { list.size($0) >= LayerSplit.bigFile }
        let sorted = candidates.sorted {
            let (left, right) = (LayerSplit.sizeClass(list.size($0)), LayerSplit.sizeClass(list.size($1)))
            return left == right ? $0 < $1 : left > right
        }
        bigs = Set(sorted.prefix(LayerSplit.mostBig))
        findNodes()
        for index in 0..<list.count where !bigs.contains(index) {
            nodes[homes[index]].weight += list.size(index)
        }
        for node in nodes.indices.dropFirst().reversed() {
            nodes[nodes[node].parent].weight += nodes[node].weight
        }
    }

    /// Finds the directories: since the list is in order, those above an entry are among those above the one before.
    private mutating func findNodes() {
        homes.reserveCapacity(list.count)
        var above = [0]
        var last = ArraySlice<UInt8>()
        for index in 0..<list.count {
            let path = list.path(index)
            let shared = PackedWriter.shared(path, last)
            last = path
            while let node = above.last, !isAbove(node, path, shared: shared) { above.removeLast() }
            let isDirectory = list.fields(index).kind == .directory
            let bytes = path.span
            for end in stride(from: nodes[above.last ?? 0].end + 1, through: bytes.count, by: 1)
            where end < bytes.count ? bytes[end] == LayerPath.slash : isDirectory {
                nodes.append(Node(parent: above.last ?? 0, entry: index, end: end))
                above.append(nodes.count - 1)
            }
            homes.append(above.last ?? 0)
        }
    }

    private func isAbove(_ node: Int, _ path: ArraySlice<UInt8>, shared: Int) -> Bool {
        let end = nodes[node].end
        return end == 0
            || end <= shared && end < path.count && path[path.startIndex + end] == LayerPath.slash
    }

    private mutating func layers() -> [Part] {
        let rest = nodes[0].weight
        let limit = max(LayerSplit.smallestUnit, Int64(1) << max(0, LayerSplit.sizeClass(rest) - 5))
        let count = rest < LayerSplit.smallStep ? 1 : LayerSplit.mostShared
        for index in nodes.indices { choose(index, limit: limit, count: count) }
        var shared = [[Int]](repeating: [], count: count)
        for index in homes.indices where !bigs.contains(index) {
            shared[nodes[homes[index]].layer].append(index)
        }
        let alone = bigs.sorted().map { part(Array(list.path($0)), [$0]) }
        // Directories that are only there for big files need no layer of their own.
        let covered = Set(alone.flatMap(\.indices))
        return shared.indices.filter { !shared[$0].allSatisfy(covered.contains) }
            .map { part([UInt8($0)], shared[$0]) } + alone
    }

    /// A directory belongs to the unit of the one above it, is one itself where it is small enough, or else is the unit
    /// of what lies directly in it.
    private mutating func choose(_ index: Int, limit: Int64, count: Int) {
        let node = nodes[index]
        if index > 0, nodes[node.parent].isUnit {
            nodes[index].isUnit = true
            nodes[index].layer = nodes[node.parent].layer
        } else {
            nodes[index].isUnit = node.weight <= limit
            nodes[index].layer = Int(LayerSplit.hash(list.path(node.entry).prefix(node.end)) % UInt64(count))
        }
    }

    /// A layer with the directories above its entries.
    private func part(_ name: [UInt8], _ layer: [Int]) -> Part {
        var isWanted = [Bool](repeating: false, count: nodes.count)
        var isMine = [Bool](repeating: false, count: list.count)
        for index in layer {
            isMine[index] = true
            var node = homes[index]
            if list.fields(index).kind == .directory {
                // The root directory lies in none.
                if node == 0 { continue }
                node = nodes[node].parent
            }
            while !isWanted[node] {
                isWanted[node] = true
                node = nodes[node].parent
            }
        }
        let indices = homes.indices.filter {
            isMine[$0] || list.fields($0).kind == .directory && isWanted[homes[$0]]
        }
        return Part(name: name, indices: indices)
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
