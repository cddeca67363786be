internal import ChalkOCI

/// What a layer of files holds, in few bytes: every entry with its attributes, and of each content a number that
/// is another for nearly every other content. Says what changed between two layers, on any machine.
package struct LayerTable: Sendable {
    /// One entry.
    struct Row: Hashable {
        var path: [UInt8] = []
        var kind = EntryList.Kind.directory
        var mode: UInt32 = 0
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        var target: [UInt8] = []
        /// Numbers of its content; one for a file that is not cut into pieces.
        var parts: [UInt16] = []
    }

    /// Columns, each with one row after the other: lengths of the path (shared with the one before, the rest);
    /// that rest; kind, mode, uid, gid, target, number of parts. Apart they shrink more.
    private let columns: [[UInt8]]
    private let count: Int
    /// A 16-bit sum for each part of each file, in order.
    let sums: [UInt16]

    /// The table of a list whose contents have these sums.
    init(_ list: EntryList, rule: SegmentPlan.Rule, sums: [UInt16]) {
        var (lengths, names, writer) = (
            PackedWriter(bytes: []), [UInt8](), PackedWriter(bytes: [])
        )
        var last = ArraySlice<UInt8>()
        for index in 0..<list.count {
            let fields = list.fields(index)
            let path = list.path(index)
            let shared = PackedWriter.shared(path, last)
            lengths.put(UInt64(shared))
            lengths.put(UInt64(path.count - shared))
            names.append(contentsOf: path.dropFirst(shared))
            last = path
            writer.bytes.append(fields.kind.rawValue)
            for number in [fields.mode, fields.uid, fields.gid] { writer.put(UInt64(number)) }
            let target = list.target(index)
            writer.put(UInt64(target.count))
            writer.bytes.append(contentsOf: target)
            let size = list.size(index)
            let pieces = size > rule.largeFile ? (size + Int64(rule.piece) - 1) / Int64(rule.piece) : 1
            writer.put(fields.kind == .file ? UInt64(pieces) : 0)
        }
        columns = [lengths.bytes, names, writer.bytes]
        count = list.count
        self.sums = sums
    }

    // MARK: Bytes

    private static let magic = Array("chalk-image layer table 1\n".utf8)
    /// More would be a table of many millions of entries.
    package static let mostText: Int64 = 1 << 30

    /// Whether bytes look like a table.
    package static func isTable(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

    /// The table as bytes, the same for equal tables: a magic line, the numbers of entries, of bytes in each
    /// column and of sums, the sums, and the columns, which zlib has made smaller.
    package var bytes: [UInt8] {
        var writer = PackedWriter(bytes: Self.magic)
        for number in [count] + columns.map(\.count) + [sums.count] { writer.put(UInt64(number)) }
        for sum in sums {
            writer.bytes.append(UInt8(truncatingIfNeeded: sum))
            writer.bytes.append(UInt8(truncatingIfNeeded: sum >> 8))
        }
        return writer.bytes + Deflated.deflate(Array(columns.joined()))
    }

    /// A table from its bytes.
    ///
    /// - Parameter mostText: the most bytes that a column may have; less for bytes that anybody may have made.
    /// - Throws: ``ArchiveError/Code/invalidIndex`` for other or damaged bytes.
    package init(bytes: [UInt8], mostText: Int64 = LayerTable.mostText) throws(ArchiveError) {
        guard Self.isTable(bytes) else {
            throw ArchiveError(.invalidIndex, "the bytes are no layer table of version 1")
        }
        var reader = PackedReader(rest: bytes.dropFirst(Self.magic.count))
        let count = try reader.length()
        let lengths = [try reader.length(), try reader.length(), try reader.length()]
        sums = try Self.sums(&reader)
        guard lengths.allSatisfy({ $0 <= mostText }), count <= lengths[0],
            let text = Deflated.inflate(reader.rest, count: Int(lengths.reduce(0, +)))
        else { throw ArchiveError(.invalidIndex, "the layer table is damaged") }
        let (first, second) = (Int(lengths[0]), Int(lengths[0] + lengths[1]))
        columns = [Array(text[..<first]), Array(text[first..<second]), Array(text[second...])]
        self.count = Int(count)
    }

    /// The sums of a table alone, without its rows.
    static func sums(of bytes: [UInt8]) throws(ArchiveError) -> [UInt16] {
        guard isTable(bytes) else {
            throw ArchiveError(.invalidIndex, "the bytes are no layer table of version 1")
        }
        var reader = PackedReader(rest: bytes.dropFirst(magic.count))
        for _ in 0..<4 { _ = try reader.length() }
        return try sums(&reader)
    }

    private static func sums(_ reader: inout PackedReader) throws(ArchiveError) -> [UInt16] {
        let number = try reader.count()
        guard number <= reader.rest.count / 2 else {
            throw ArchiveError(.invalidIndex, "the layer table is damaged")
        }
        let bytes = try reader.bytes(2 * number)
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map {
            UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
        }
    }

    // MARK: Rows

    /// Goes through the rows.
    struct Rows {
        private var lengths: PackedReader
        private var names: PackedReader
        private var reader: PackedReader
        private var sums: ArraySlice<UInt16>
        private var left: Int
        private var row = Row()

        init(_ table: LayerTable) {
            lengths = PackedReader(rest: table.columns[0][...])
            names = PackedReader(rest: table.columns[1][...])
            reader = PackedReader(rest: table.columns[2][...])
            sums = table.sums[...]
            left = table.count
        }

        /// The next row; nil after the last.
        mutating func next() throws(ArchiveError) -> Row? {
            if left == 0 { return nil }
            left -= 1
            let shared = try lengths.length().asCount
            guard shared <= row.path.count else {
                throw ArchiveError(.invalidIndex, "the layer table is damaged")
            }
            row.path.removeSubrange(shared...)
            row.path.append(contentsOf: try names.bytes(lengths.length().asCount))
            guard let kind = EntryList.Kind(rawValue: UInt8(truncatingIfNeeded: try reader.number())) else {
                throw ArchiveError(.invalidIndex, "the layer table is damaged")
            }
            row.kind = kind
            (row.mode, row.uid, row.gid) = (try reader.word(), try reader.word(), try reader.word())
            row.target = Array(try reader.bytes(reader.length().asCount))
            row.parts = Array(sums.prefix(try reader.length().asCount))
            sums = sums.dropFirst(row.parts.count)
            return row
        }
    }

    /// The index of the same layer.
    package func index() throws(ArchiveError) -> LayerIndex {
        var index = LayerIndex()
        var rows = Rows(self)
        while let row = try rows.next() {
            switch row.kind {
            case .directory:
                index.directories.append(
                    LayerIndex.Directory(path: row.path, mode: row.mode, uid: row.uid, gid: row.gid))
            case .link: index.links.append(LayerIndex.Link(path: row.path, target: row.target))
            case .file, .fifo, .characterDevice, .blockDevice: index.files.append(row.path)
            }
        }
        return index
    }
}

extension Int64 {
    /// As a number of bytes or rows that is compared with what is there before it is used.
    fileprivate var asCount: Int { Int(Swift.min(self, Int64(Int32.max))) }
}
