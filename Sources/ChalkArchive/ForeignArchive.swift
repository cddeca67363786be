package import ChalkSystem
internal import Glibc

/// Reads the entries of anyone's tar: every dialect, compressed by gzip, zstd, xz, bzip2, lz4 or not at all.
///
/// Paths come out relative, without `.` and empty components; `..` is refused. Names are the archive's bytes.
/// Whiteouts come out as they stand (see ``Whiteout``). Of a layer that begins with the landmark of eStargz, the
/// entries that are the format's own do not: they are no content, as for a runtime that knows the format.
package final class ForeignArchive {
    private final class Content: ByteSource {
        let handle: ArchiveHandle
        var isOpen = true

        init(_ handle: ArchiveHandle) { self.handle = handle }

        func read(into buffer: inout [UInt8]) throws -> Int {
            isOpen ? try handle.read(into: &buffer) : 0
        }
    }

    private let handle: ArchiveHandle
    private let limits: ArchiveLimits
    private var count = 0
    private var current: Content?
    private var isEstargz = false

    /// An archive that may be compressed.
    ///
    /// - Throws: what the source throws.
    package convenience init(_ source: any ByteSource, limits: ArchiveLimits = ArchiveLimits()) throws {
        try self.init(tar: Decompressor(source, limits: limits), limits: limits)
    }

    /// An archive that is a plain tar.
    init(tar source: any ByteSource, limits: ArchiveLimits) throws {
        handle = try ArchiveHandle(source, .tar)
        self.limits = limits
    }

    /// The content of the entry that ``next()`` gave last, until it is called again.
    package var content: any ByteSource { current ?? MemorySource([]) as any ByteSource }

    /// The next entry; nil at the end.
    ///
    /// - Throws: ``ArchiveError``: `invalidArchive`, `limitExceeded`, `refused`; what the source throws.
    package func next() throws -> LayerEntry? {
        current?.isOpen = false
        current = nil
        var entry = try converted()
        if count == 1, let first = entry { isEstargz = Estargz.isLandmark(first) }
        while isEstargz, let own = entry, Estargz.isOwn(own) { entry = try converted() }
        if case .file? = entry?.kind { current = Content(handle) }
        return entry
    }

    private func converted() throws -> LayerEntry? {
        guard try handle.next() else { return nil }
        count += 1
        if count > limits.entries {
            throw ArchiveError(
                .limitExceeded, "the archive holds more than the \(limits.entries) entries that are allowed")
        }
        return try convert()
    }

    private func convert() throws(ArchiveError) -> LayerEntry {
        guard let raw = handle.path else {
            throw ArchiveError(.invalidArchive, "the archive holds an entry without a name")
        }
        let path = try LayerPath.cleaned(raw, limits: limits)
        let kind = try kind(path)
        if path.isEmpty, kind != .directory {
            throw ArchiveError(.refused, "the archive's root entry is refused: it is no directory")
        }
        let attributes = handle.attributes()
        let attributeBytes = attributes.reduce(0) { $0 + $1.name.count + $1.value.count }
        if attributeBytes > limits.attributeBytes {
            throw ArchiveError(
                .limitExceeded,
                "the extended attributes of \(LayerPath.display(path)) have \(attributeBytes) bytes where \(limits.attributeBytes) are allowed"
            )
        }
        // The last of two values for one name stands.
        var unique: [[UInt8]: LayerEntry.Attribute] = [:]
        for attribute in attributes { unique[attribute.name] = attribute }
        return LayerEntry(
            unchecked: path, kind: kind, mode: handle.mode, uid: try owner(handle.uid, path),
            gid: try owner(handle.gid, path), mtime: handle.mtime,
            attributes: unique.values.sorted { $0.name.lexicographicallyPrecedes($1.name) })
    }

    private func kind(_ path: [UInt8]) throws(ArchiveError) -> LayerEntry.Kind {
        if let target = handle.hardLinkTarget {
            let clean = try LayerPath.cleaned(target, limits: limits)
            if clean.isEmpty { throw refused(path, "it is a hard link to the root") }
            return .hardLink(target: clean)
        }
        switch mode_t(handle.fileType) {
        case S_IFDIR: return .directory
        case S_IFREG:
            if handle.size < 0 { throw refused(path, "its size is negative") }
            if handle.size > limits.totalSize {
                throw ArchiveError(
                    .limitExceeded,
                    "\(LayerPath.display(path)) has \(handle.size) bytes where \(limits.totalSize) are allowed"
                )
            }
            return .file(size: handle.size)
        case S_IFLNK:
            guard let target = handle.linkTarget, !target.isEmpty else {
                throw refused(path, "it is a link that says nothing")
            }
            if target.count > limits.pathLength { throw refused(path, "its link target is too long") }
            return .link(target: target)
        case S_IFIFO: return .fifo
        case S_IFCHR: return .characterDevice(major: handle.device.major, minor: handle.device.minor)
        case S_IFBLK: return .blockDevice(major: handle.device.major, minor: handle.device.minor)
        default: throw refused(path, "it is of a type that no layer holds")
        }
    }

    private func owner(_ number: Int64, _ path: [UInt8]) throws(ArchiveError) -> UInt32 {
        // The largest number means "leave as it is" to chown(2).
        guard let owner = UInt32(exactly: number), owner != .max else {
            throw refused(path, "its owner \(number) is out of range")
        }
        return owner
    }

    private func refused(_ path: [UInt8], _ why: String) -> ArchiveError {
        ArchiveError(.refused, "the archive's entry \(LayerPath.display(path)) is refused: \(why)")
    }
}
