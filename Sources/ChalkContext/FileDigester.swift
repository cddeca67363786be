package import ChalkOCI
package import ChalkSystem

/// Digests files through one fixed buffer, and notices when they change meanwhile.
package struct FileDigester: ~Copyable {
    /// What one reading of a file found.
    package struct Result: Hashable, Sendable {
        /// Of the content.
        package let digest: Digest
        /// What the file was before and after the reading.
        package let status: FileStatus
        /// The files' clock before the reading began.
        package let readAt: FileStatus.Time
    }

    /// Bytes read at a time.
    package static let bufferSize = 262_144
    /// How often a file is read that keeps changing.
    package static let attempts = 4

    private var buffer = [UInt8](repeating: 0, count: FileDigester.bufferSize)
    private let afterRead: (Int) throws -> Void

    /// A digester.
    package init() {
        self.init(afterRead: { _ in })
    }

    /// A digester that says after each read how many bytes of the file it has seen.
    init(afterRead: @escaping (Int) throws -> Void) {
        self.afterRead = afterRead
    }

    /// The digest of a file of a context.
    ///
    /// Reads again when size, mtime or ctime differ between before and after.
    ///
    /// - Throws: ``ContextError``, `changed` when the file changed during each of ``attempts`` readings.
    package mutating func digest(
        _ path: [UInt8], from reader: inout ContextReader
    ) throws -> Result {
        for _ in 0..<FileDigester.attempts {
            let file = try reader.open(path)
            do {
                if let result = try once(file) { return result }
            } catch let error as SystemError {
                throw ContextError.system("read", path, error)
            }
        }
        throw ContextError.changed(path, "it changed during each of \(FileDigester.attempts) readings")
    }

    private mutating func once(_ file: borrowing FileDescriptor) throws -> Result? {
        let readAt = try FileStatus.Time.fileClock()
        let before = try file.status()
        var hasher = SHA256Hasher()
        var seen = 0
        while true {
            let got = try file.read(into: &buffer)
            if got == 0 { break }
            hasher.update(buffer[..<got])
            seen += got
            try afterRead(seen)
        }
        let after = try file.status()
        guard Int64(seen) == after.size, before.hasSameContent(as: after) else { return nil }
        return Result(digest: hasher.finish(), status: after, readAt: readAt)
    }
}

extension FileStatus {
    /// Whether nothing suggests a write between two looks at one file.
    func hasSameContent(as other: FileStatus) -> Bool {
        size == other.size && modified == other.modified && changed == other.changed
            && device == other.device && inode == other.inode
    }
}
