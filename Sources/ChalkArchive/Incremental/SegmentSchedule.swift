internal import ChalkOCI

/// The segments of a layer that is to be made, known before any content is read.
struct SegmentSchedule: Sendable {
    /// What a segment holds.
    enum Content: Sendable {
        /// Entries with their content; of files over ``SegmentPlan/Rule/largeFile`` the header alone.
        case entries(Range<Int>)
        /// Bytes of the content of one such file.
        case piece(entry: Int, range: Range<Int64>)
        /// The landmark of an eStargz layer.
        case landmark
    }

    /// One segment.
    struct Segment: Sendable {
        let content: Content
        /// Bytes of tar.
        let size: Int
        /// Whether the two blocks that end the layer are part of it.
        var endsLayer = false
        /// Contents that begin or go on here: a number for each in the layer's table.
        let parts: Int
    }

    let segments: [Segment]
    let rule: SegmentPlan.Rule

    /// Cuts the entries of a list as ``LayerWriter`` would.
    ///
    /// - Parameter hasTable: whether a table of contents ends the layer, and not the last segment.
    init(_ list: EntryList, rule: SegmentPlan.Rule, hasTable: Bool) throws {
        self.rule = rule
        var segments: [Segment] = []
        if hasTable {
            segments.append(Segment(content: .landmark, size: try Estargz.landmarkBlocks().count, parts: 0))
        }
        var plan = SegmentPlan(rule)
        var first = 0
        var parts = 0
        var size = 0
        func cut(before end: Int) {
            segments.append(Segment(content: .entries(first..<end), size: size, parts: parts))
            (first, size, parts) = (end, 0, 0)
            plan.reset()
        }
        for index in 0..<list.count {
            if hasTable {
                try Estargz.check(path: list.path(index), texts: [("link target", list.target(index))])
            }
            let content = list.size(index)
            let header = try list.headerSize(index)
            let isLarge = content > rule.largeFile
            let bytes = header + (isLarge ? 0 : Int(content) + TarHeader.padding(after: content))
            if plan.cuts(before: Int64(bytes)) { cut(before: index) }
            size += bytes
            if isLarge {
                cut(before: index + 1)
                for start in stride(from: 0, to: content, by: rule.piece) {
                    let end = min(content, start + Int64(rule.piece))
                    let padding = end == content ? TarHeader.padding(after: content) : 0
                    segments.append(
                        Segment(
                            content: .piece(entry: index, range: start..<end),
                            size: Int(end - start) + padding, parts: 1))
                }
            } else {
                if list.fields(index).kind == .file { parts += 1 }
                if plan.cuts(after: list.path(index), size: Int64(bytes)) { cut(before: index + 1) }
            }
        }
        if hasTable {
            if size > 0 { cut(before: list.count) }
        } else {
            size += TarHeader.endSize
            cut(before: list.count)
            segments[segments.count - 1].endsLayer = true
        }
        self.segments = segments
    }

    /// What the segments are, told by paths and stamps alone.
    func fingerprints(_ list: EntryList, _ hasher: FingerprintHasher) -> [Fingerprint] {
        var bytes: [UInt8] = []
        return segments.map { segment in
            bytes.removeAll(keepingCapacity: true)
            switch segment.content {
            case .entries(let range):
                bytes.append(segment.endsLayer ? 1 : 0)
                for index in range { list.appendIdentity(of: index, to: &bytes) }
            case .piece(let entry, let range):
                bytes.append(2)
                for number in [range.lowerBound, range.upperBound] {
                    unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
                }
                list.appendIdentity(of: entry, to: &bytes)
            case .landmark: bytes.append(3)
            }
            for number in [list.mtime, Int64(segment.size)] {
                unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
            }
            return hasher.fingerprint(of: bytes)
        }
    }
}
