package import ChalkOCI
internal import ChalkSystem

/// The plain tar of an ``EntryList``, of which any range of bytes can be made without the rest: how a whole tree stands in
/// a layer as one file.
package struct TarImage: Sendable {
    /// Where the blocks of an entry lie.
    private struct Place {
        let header: Int64
        let content: Int64
    }

    private let list: EntryList
    private let places: [Place]
    /// Bytes of the tar.
    package let size: Int64
    /// Tells the tar of these entries, in this state, from any other, without reading a file.
    package let identity: Digest

    /// The tar of a list that was arranged.
    ///
    /// - Throws: ``ArchiveError`` for an entry that no tar can hold.
    package init(_ list: EntryList) throws {
        self.list = list
        var places: [Place] = []
        places.reserveCapacity(list.count)
        var end: Int64 = 0
        var hasher = SHA256Hasher()
        hasher.update("tar \(list.mtime)\n")
        var bytes: [UInt8] = []
        for index in 0..<list.count {
            let content = end + Int64(try list.headerSize(index))
            places.append(Place(header: end, content: content))
            let size = list.size(index)
            end = content + size + Int64(TarHeader.padding(after: size))
            bytes.removeAll(keepingCapacity: true)
            list.appendIdentity(of: index, to: &bytes)
            hasher.update(bytes)
        }
        self.places = places
        size = end + Int64(TarHeader.endSize)
        identity = hasher.finish()
    }

    /// Fills `buffer[position..<position + count]` with the tar's bytes from an offset on, all of which it must have.
    ///
    /// - Parameter reader: reads the contents of the list's entries.
    /// - Returns: as ``ContentReader/read(_:at:count:into:at:)``, for all entries that were read.
    package func read(
        at offset: Int64, count: Int, into buffer: inout [UInt8], at position: Int,
        from reader: any ContentReader
    ) throws -> Bool {
        let end = offset + Int64(count)
        // What nobody writes below is padding.
        buffer.replaceSubrange(position..<position + count, with: repeatElement(0, count: count))
        var isTold = true
        var index = last(notAfter: offset)
        while index < places.count, places[index].header < end {
            let place = places[index]
            if place.content > offset {
                let header = try TarHeader.bytes(for: list.entry(index))
                let start = max(offset, place.header)
                let part = header[Int(start - place.header)..<Int(min(end, place.content) - place.header)]
                let target = position + Int(start - offset)
                buffer.replaceSubrange(target..<target + part.count, with: part)
            }
            let start = max(offset, place.content)
            let rest = min(end, place.content + list.size(index)) - start
            if rest > 0 {
                let isSettled = try reader.read(
                    index, at: start - place.content, count: Int(rest), into: &buffer,
                    at: position + Int(start - offset))
                isTold = isTold && isSettled
            }
            index += 1
        }
        return isTold
    }

    /// The last entry that begins at an offset or before it.
    private func last(notAfter offset: Int64) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].header <= offset { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }
}
