internal import ChalkOCI
internal import ChalkSystem

/// Moves the content of one entry, exactly as many bytes as the entry says, through a buffer kept between
/// entries.
struct EntryContent {
    private var buffer = [UInt8](repeating: 0, count: 262_144)
    /// What reading took so far.
    private(set) var cost = LayerCost.Share()

    /// Moves the content; gives its digest when asked to.
    ///
    /// - Throws: ``ArchiveError/Code/contentSize`` that names the path.
    mutating func copy(
        _ content: (any ByteSource)?, of entry: LayerEntry, digesting: Bool,
        to take: (ArraySlice<UInt8>) throws -> Void
    ) throws -> Digest? {
        guard case .file(let size) = entry.kind else {
            if content == nil { return nil }
            throw ArchiveError(
                .invalidEntry, "\(LayerPath.display(entry.path)) is no file and so has no content")
        }
        var hasher = digesting ? SHA256Hasher() : nil
        var done: Int64 = 0
        while let content, case let got = try read(content, of: entry), got > 0 {
            done += Int64(got)
            if done > size { throw wrongSize(entry, "more than the \(size) bytes") }
            try take(buffer[..<got])
            hasher?.update(buffer[..<got])
        }
        if done < size { throw wrongSize(entry, "\(done) bytes instead of the \(size)") }
        return hasher?.finish()
    }

    private mutating func read(_ content: any ByteSource, of entry: LayerEntry) throws -> Int {
        do {
            let began = ContinuousClock.now
            let got = try content.read(into: &buffer)
            cost.add(got, since: began)
            return got
        } catch let error as SystemError {
            throw ArchiveError.system(error, "read the content of", entry.path)
        }
    }

    private func wrongSize(_ entry: LayerEntry, _ what: String) -> ArchiveError {
        ArchiveError(
            .contentSize,
            "\(LayerPath.display(entry.path)) gave \(what) that its entry says: it changed while it was read; try again"
        )
    }
}
