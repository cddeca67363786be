package import ChalkOCI
package import ChalkSystem

/// What steps printed, by cache key: one file a key, written as it comes.
package struct StepLogs: Sendable {
    private let directory: StoreDirectory

    init(_ directory: StoreDirectory) { self.directory = directory }

    /// Starts the log of a step. Readers see it from now on; who still writes an earlier one of this key does
    /// not disturb it.
    package func start(_ key: CacheKey) throws -> FileStream {
        try StoreError.explain("start the log of step \(key.digest.short)") {
            let folder = try directory.folder(.logs)
            let ingest = try directory.makeIngest()
            let file = try ingest.file.duplicate()
            try ingest.move(to: key.digest.hex, in: folder)
            return FileStream(file)
        }
    }

    /// A log from its start, as far as it is written; nil when there is none.
    package func open(_ key: CacheKey) throws -> FileStream? {
        try StoreError.explain("open the log of step \(key.digest.short)") {
            guard let folder = try directory.existingFolder(.logs),
                let file = try folder.openFile(key.digest.hex)
            else { return nil }
            return FileStream(file)
        }
    }

    /// The last bytes of a log, at most `limit`, from the start of a line; nil when there is none.
    package func tail(_ key: CacheKey, limit: Int) throws -> [UInt8]? {
        try StoreError.explain("read the log of step \(key.digest.short)") {
            guard let folder = try directory.existingFolder(.logs),
                let file = try folder.openFile(key.digest.hex)
            else { return nil }
            let size = try file.status().size
            var position = max(0, size - Int64(max(0, limit)))
            let isCut = position > 0
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while position < size, case let got = try file.read(into: &buffer, at: position), got > 0 {
                let use = Int(min(Int64(got), size - position))
                bytes += buffer[..<use]
                position += Int64(use)
            }
            guard isCut, let line = bytes.firstIndex(of: 0x0A) else { return bytes }
            return Array(bytes[(line + 1)...])
        }
    }
}
