package import ChalkSystem

/// What a walk kept, in its order, each entry in about 90 bytes and its path.
package struct ContextListing: Sendable {
    private struct Row {
        var start: Int
        var pathLength: UInt32
        var targetLength: UInt32
        var kind: FileStatus.Kind
        var stamp: FileStamp
    }

    private var rows: [Row] = []
    private var text: [UInt8] = []

    /// A listing without entries.
    package init() {}

    /// Number of entries.
    package var count: Int { rows.count }

    /// Adds an entry, which must come after those that are there and have a status.
    package mutating func append(_ entry: ContextEntry) {
        guard let status = entry.status else { return }
        let target = entry.linkTarget ?? []
        rows.append(
            Row(
                start: text.count, pathLength: UInt32(clamping: entry.path.count),
                targetLength: UInt32(clamping: target.count), kind: entry.kind, stamp: status.stamp))
        text += entry.path
        text += target
    }

    /// The path of an entry.
    package func path(_ index: Int) -> ArraySlice<UInt8> {
        text[rows[index].start..<rows[index].start + Int(rows[index].pathLength)]
    }

    /// What an entry is.
    package func kind(_ index: Int) -> FileStatus.Kind { rows[index].kind }

    /// What a link says.
    package func target(_ index: Int) -> [UInt8] {
        let start = rows[index].start + Int(rows[index].pathLength)
        return Array(text[start..<start + Int(rows[index].targetLength)])
    }

    /// The state of an entry when it was listed.
    package func stamp(_ index: Int) -> FileStamp { rows[index].stamp }

    /// The place of a path.
    package func index(of path: [UInt8]) -> Int? {
        let place = firstIndex(notBefore: path)
        return place < count && self.path(place).elementsEqual(path) ? place : nil
    }

    /// The places of what is below a directory; of all for the empty path.
    package func below(_ directory: [UInt8]) -> Range<Int> {
        if directory.isEmpty { return 0..<count }
        // A slash sorts before every byte that a name can hold.
        let start = firstIndex(notBefore: directory + [UInt8(ascii: "/")])
        return start..<max(start, firstIndex(notBefore: directory + [1]))
    }

    private func firstIndex(notBefore path: [UInt8]) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if PathOrder.precedes(self.path(middle).span, path.span) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

extension ContextListing {
    /// An entry as the walk gave it, but for its status.
    package func entry(_ index: Int) -> ContextEntry {
        ContextEntry(
            path: Array(path(index)), kind: kind(index),
            linkTarget: kind(index) == .link ? target(index) : nil)
    }
}
