package import ChalkOCI
package import ChalkSystem

/// How a layer lies on disk.
package enum LayerForm: Hashable, Sendable {
    /// On top of the content of lower layers: whiteouts remove what is there.
    case merged
    /// In a directory of its own, as a lower directory of overlayfs: whiteouts become its marks. With
    /// `userXattr` these are in the `user.` namespace, for mounts without privilege.
    case overlay(userXattr: Bool)
}

/// What becomes of owners.
package enum OwnerPolicy: Hashable, Sendable {
    /// As the layer says.
    case keep
    /// All belongs to who runs this; for those without privilege.
    case skip
}

/// What an applied layer was. Nothing of it may be made visible before the caller has compared ``diffID``.
package struct ApplySummary: Hashable, Sendable {
    /// Digest of the uncompressed tar, to its very end.
    package let diffID: DiffID
    /// Bytes of the uncompressed tar.
    package let uncompressedSize: Int64
    /// Entries, whiteouts included.
    package let entryCount: Int
    /// What was left out, one sentence each; at most 100.
    package let warnings: [String]
}

/// Unpacks layers that anyone made. No path leaves the root: directories are walked by descriptor, one
/// component at a time; a link among an entry's parents is resolved inside the root as in a chroot.
package enum LayerApplier {
    /// Applies one layer, compressed or not.
    ///
    /// Rules are those of OCI image-spec, layer.md. Later entries replace earlier ones; hard links stay inside
    /// the root; device nodes that may not be made are left out with a warning; modes are exact whatever the
    /// umask; times are set to the second, those of directories last.
    ///
    /// - Parameters:
    ///   - root: A directory that nobody else changes meanwhile.
    ///   - lower: In overlay form, the layers below: entries under their links go where these lead, implied
    ///     parents look like theirs, hard links to their files copy these up.
    /// - Throws: ``ArchiveError``; what the source throws; ``Cancellation/Cancelled``. The directory is then
    ///   half done and to be removed.
    package static func apply(
        _ source: any ByteSource, into root: borrowing FileDescriptor, form: LayerForm,
        owners: OwnerPolicy = .keep, limits: ArchiveLimits = ArchiveLimits(),
        lower: (any LowerTree)? = nil, cancellation: Cancellation? = nil
    ) throws -> ApplySummary {
        // One thread decompresses, one digests, this one writes.
        let decompressor = ReadAhead(try Decompressor(source, limits: limits))
        defer { decompressor.stop() }
        let digesting = DigestingSource(decompressor, cancellation: cancellation)
        let tar = ReadAhead(digesting)
        defer { tar.stop() }
        let archive = try ForeignArchive(tar: tar, limits: limits)
        let tree = AppliedTree(
            root: Directory(try root.duplicate()), form: form, owners: owners, lower: lower)
        var count = 0
        while let entry = try archive.next() {
            try cancellation?.check()
            count += 1
            do {
                try apply(entry, archive.content, to: tree)
            } catch let error as SystemError {
                throw ArchiveError.system(error, "unpack", entry.path)
            }
        }
        var rest = [UInt8](repeating: 0, count: 131_072)
        while try tar.read(into: &rest) > 0 {}
        do {
            try tree.finish()
        } catch let error as SystemError {
            throw ArchiveError.system(error, "finish the directories of", [])
        }
        return ApplySummary(
            diffID: DiffID(digesting.digest), uncompressedSize: digesting.count, entryCount: count,
            warnings: tree.warnings)
    }

    private static func apply(
        _ entry: LayerEntry, _ content: any ByteSource, to tree: AppliedTree
    ) throws {
        switch try Whiteout.reading(of: entry.path) {
        case .bookkeeping: break
        case .whiteout(let whiteout):
            switch entry.kind {
            case .file, .hardLink: try tree.apply(whiteout, mtime: entry.mtime)
            default:
                throw ArchiveError(
                    .refused,
                    "the layer's whiteout \(LayerPath.display(entry.path)) is refused: it is no file")
            }
        case .ordinary: try tree.place(entry, content)
        }
    }
}
