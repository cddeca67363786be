internal import ChalkOCI
internal import ChalkSystem

/// The bytes of tar of one segment.
struct SegmentContents {
    private let order: LayerComposer
    private let segment: SegmentSchedule.Segment
    private(set) var raw: [UInt8]
    /// Where contents lie in `raw`.
    private var places: [Range<Int>] = []
    /// Whether paths and stamps tell the segment the next time.
    private(set) var isSettled = true

    init(_ order: LayerComposer, _ number: Int) {
        self.order = order
        segment = order.schedule.segments[number]
        raw = [UInt8](repeating: 0, count: segment.size)
    }

    mutating func read(_ reader: any ContentReader, _ cost: inout LayerCost.Share) throws {
        let list = order.list
        switch segment.content {
        case .piece(let entry, let range):
            try read(entry, at: range.lowerBound, count: Int(range.count), to: 0, reader, &cost)
        case .entries(let entries):
            var position = 0
            for index in entries {
                let header = try TarHeader.bytes(for: list.entry(index))
                raw.replaceSubrange(position..<position + header.count, with: header)
                position += header.count
                let size = list.size(index)
                if list.fields(index).kind != .file || size > order.schedule.rule.largeFile { continue }
                try read(index, at: 0, count: Int(size), to: position, reader, &cost)
                position += Int(size) + TarHeader.padding(after: size)
            }
        case .landmark: raw = try Estargz.landmarkBlocks()
        }
    }

    /// Where contents lie that eStargz layers keep apart.
    var chunks: [Range<Int>] {
        if case .landmark = segment.content { return [Estargz.landmarkPlace] }
        return places.filter { !$0.isEmpty }
    }

    /// A sum for each content.
    func sums() -> [UInt16] { places.map { Deflated.sum(raw, $0) } }

    private mutating func read(
        _ entry: Int, at offset: Int64, count: Int, to position: Int, _ reader: any ContentReader,
        _ cost: inout LayerCost.Share
    ) throws {
        places.append(position..<position + count)
        let isTold = try cost.measure(count) {
            try reader.read(entry, at: offset, count: count, into: &raw, at: position)
        }
        isSettled = isSettled && isTold
    }
}
