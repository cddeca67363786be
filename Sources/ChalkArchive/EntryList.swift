package import ChalkSystem

/// The entries of a layer that is to be made, each in about 120 bytes and its
/// path. Their content is elsewhere: see ``ContentReader``.
package struct EntryList: Sendable {
    /// What is at a path.
    package enum Kind: UInt8, Sendable {
        case directory, link, file, fifo, characterDevice, blockDevice
    }

    /// An entry but for its path and link target.
    package struct Fields: Sendable {
        /// What is there.
        package var kind: Kind
        /// Permission bits, 0 to 0o7777.
        package var mode: UInt32
        /// Owner.
        package var uid: UInt32 = 0
        /// Group.
        package var gid: UInt32 = 0
        /// Where a file's content is, in words of whoever reads it.
        package var origin: Int32 = 0
        /// The state of a file when it was listed; of content that is no file's, whatever changes with it.
        package var stamp = FileStamp()

        /// Fields from their parts.
        package init(
            kind: Kind, mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0, origin: Int32 = 0,
            stamp: FileStamp = FileStamp()
        ) {
            self.kind = kind
            self.mode = mode
            self.uid = uid
            self.gid = gid
            self.origin = origin
            self.stamp = stamp
        }
    }

    private struct Row {
        var start: Int
        var pathLength: Int32
        var targetLength: Int32
        /// Only there because something lies below: gives way to any other entry of its path.
        var isImplied: Bool
        /// Where its attributes are; negative where it has none.
        var attributes: Int32 = -1
        var fields: Fields
    }

    private var rows: [Row] = []
    private var attributeSets: [[LayerEntry.Attribute]] = []
    private var text: [UInt8] = []
    private var isSorted = true
    /// Seconds since 1970 that every entry gets.
    package let mtime: Int64

    /// A list without entries.
    package init(mtime: Int64) { self.mtime = mtime }

    /// Number of entries.
    package var count: Int { rows.count }

    /// Adds an entry, in any order; of several at one path the last that is not implied counts.
    ///
    /// - Parameter target: what a link says; of a device its numbers, `major:minor`.
    package mutating func append(
        path: [UInt8], target: [UInt8] = [], isImplied: Bool = false,
        attributes: [LayerEntry.Attribute] = [], _ fields: Fields
    ) {
        var row = Row(
            start: text.count, pathLength: Int32(clamping: path.count),
            targetLength: Int32(clamping: target.count), isImplied: isImplied, fields: fields)
        if !attributes.isEmpty {
            row.attributes = Int32(clamping: attributeSets.count)
            attributeSets.append(attributes)
        }
        text.append(contentsOf: path)
        text.append(contentsOf: target)
        if isSorted, let last = rows.indices.last {
            isSorted = EntryList.precedes(
                text[range(last)], text[row.start..<row.start + Int(row.pathLength)])
        }
        rows.append(row)
    }

    /// A list of some of the entries, which stay in order; paths and link targets are shared with this one.
    package func selection(_ indices: [Int]) -> EntryList {
        var list = self
        list.rows = indices.map { rows[$0] }
        return list
    }

    /// Puts the entries into the order of a layer, one for each path. Call it before anything is asked for.
    package mutating func arrange() {
        if isSorted { return }
        let order = rows.indices.sorted { a, b in
            EntryList.precedes(text[range(a)], text[range(b)])
                || (a < b && text[range(a)].elementsEqual(text[range(b)]))
        }
        var arranged: [Row] = []
        arranged.reserveCapacity(rows.count)
        for index in order {
            let row = rows[index]
            if let last = arranged.last, text[EntryList.range(last)].elementsEqual(text[range(index)]) {
                if !row.isImplied { arranged[arranged.count - 1] = row }
            } else {
                arranged.append(row)
            }
        }
        rows = arranged
        isSorted = true
    }

    /// All but path and link target.
    package func fields(_ index: Int) -> Fields { rows[index].fields }

    /// Relative to the image's root.
    package func path(_ index: Int) -> ArraySlice<UInt8> { text[range(index)] }

    /// Extended attributes, in byte order of their names.
    package func attributes(_ index: Int) -> [LayerEntry.Attribute] {
        let place = Int(rows[index].attributes)
        return place < 0 ? [] : attributeSets[place]
    }

    /// What a link says; of a device its numbers, `major:minor`.
    package func target(_ index: Int) -> ArraySlice<UInt8> {
        let start = rows[index].start + Int(rows[index].pathLength)
        return text[start..<start + Int(rows[index].targetLength)]
    }

    /// Bytes of content.
    package func size(_ index: Int) -> Int64 {
        rows[index].fields.kind == .file ? rows[index].fields.stamp.size : 0
    }

    /// The entry, checked.
    ///
    /// - Throws: ``ArchiveError/Code/invalidEntry`` that names the path.
    package func entry(_ index: Int) throws(ArchiveError) -> LayerEntry {
        let fields = rows[index].fields
        let kind: LayerEntry.Kind =
            switch fields.kind {
            case .directory: .directory
            case .link: .link(target: Array(target(index)))
            case .file: .file(size: fields.stamp.size)
            case .fifo: .fifo
            case .characterDevice: .characterDevice(major: device(index).major, minor: device(index).minor)
            case .blockDevice: .blockDevice(major: device(index).major, minor: device(index).minor)
            }
        return try LayerEntry(
            path: Array(path(index)), kind: kind, mode: fields.mode, uid: fields.uid, gid: fields.gid,
            mtime: mtime, attributes: attributes(index))
    }

    private func device(_ index: Int) -> (major: UInt32, minor: UInt32) {
        let numbers = target(index).split(separator: UInt8(ascii: ":")).map {
            UInt32(String(decoding: $0, as: UTF8.self)) ?? 0
        }
        return (numbers.first ?? 0, numbers.last ?? 0)
    }

    /// Bytes before the content of an entry.
    func headerSize(_ index: Int) throws(ArchiveError) -> Int {
        let row = rows[index]
        let isPlain =
            row.attributes < 0 && row.pathLength < 100 && row.pathLength > 0 && row.targetLength <= 100
            && row.fields.stamp.size <= TarHeader.largestSize && row.fields.uid <= TarHeader.largestShort
            && row.fields.gid <= TarHeader.largestShort && (0...TarHeader.largestSize).contains(mtime)
        return isPlain ? TarHeader.blockSize : try TarHeader.bytes(for: entry(index)).count
    }

    /// Appends what tells this entry, in this state, from any other.
    func appendIdentity(of index: Int, to bytes: inout [UInt8]) {
        let row = rows[index]
        for word in [
            UInt32(row.fields.kind.rawValue), row.fields.mode, row.fields.uid, row.fields.gid,
            UInt32(row.pathLength), UInt32(row.targetLength),
        ] {
            unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
        }
        bytes.append(contentsOf: text[row.start..<row.start + Int(row.pathLength + row.targetLength)])
        if row.fields.kind == .file { row.fields.stamp.append(to: &bytes) }
        for attribute in attributes(index) {
            for part in [attribute.name, attribute.value] {
                unsafe withUnsafeBytes(of: UInt32(part.count).littleEndian) {
                    unsafe bytes.append(contentsOf: $0)
                }
                bytes.append(contentsOf: part)
            }
        }
    }

    private func range(_ index: Int) -> Range<Int> { EntryList.range(rows[index]) }

    private static func range(_ row: Row) -> Range<Int> { row.start..<row.start + Int(row.pathLength) }

    private static func precedes(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
        PathOrder.precedes(a.span, b.span)
    }
}

/// Reads the content of entries; one for each thread.
package protocol ContentReader: AnyObject {
    /// Fills `buffer[position..<position + count]` with content of an entry from an offset on.
    ///
    /// - Returns: whether the content can be told by the entry's stamp from now on: the file has that stamp, and
    ///   a later write must change it.
    /// - Throws: when the file has another size or cannot be read; a sentence that names the path.
    func read(
        _ entry: Int, at offset: Int64, count: Int, into buffer: inout [UInt8], at position: Int
    ) throws -> Bool
}
