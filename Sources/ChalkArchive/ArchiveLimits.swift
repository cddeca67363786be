/// How much a foreign archive may ask for. What passes a limit is refused with a sentence that names it.
package struct ArchiveLimits: Hashable, Sendable {
    /// Entries in one archive.
    package var entries = 10_000_000
    /// Bytes of one path or link target, as the archive writes it.
    package var pathLength = 4_096
    /// Components of one path.
    package var pathDepth = 256
    /// Bytes of all extended attributes of one entry. (Pax headers as a whole are bounded at 1 MiB by libarchive.)
    package var attributeBytes = 1 << 20
    /// Bytes after decompression, and of any one file.
    package var totalSize: Int64 = 256 << 30
    /// Bytes after decompression for each compressed byte; asked only once ``expansionFloor`` is passed, for
    /// honest archives of zeros reach 1,030 in gzip.
    package var expansion: Int64 = 2_000
    /// Bytes after decompression that no ratio is asked for.
    package var expansionFloor: Int64 = 1 << 30

    /// The default limits.
    package init() {}
}
