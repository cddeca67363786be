package import ChalkOCI
package import ChalkSystem
internal import Dispatch
internal import Synchronization

/// Walk, digests and table of a context in one.
package struct ContextScan: Sendable {
    /// The kept entries.
    package let table: FileTable
    /// What is to be said about the ignore files.
    package let warnings: [IgnoreWarning]
    /// Files whose content had to be read; 0 for a tree that the cache knows.
    package let filesRead: Int

    /// The digest of the table.
    package var digest: Digest { table.digest }

    /// Scans everything below `root`.
    ///
    /// Files that the cache knows are not opened; the others are read by `width` threads at a time. The
    /// result does not depend on `width`.
    ///
    /// - Parameters:
    ///   - options: As for a walk; statuses are always read, and ignored entries never reported.
    ///   - cache: Asked for digests, and told new ones. The caller saves it.
    ///   - width: Number of threads that read files, at least 1.
    /// - Throws: ``ContextError``.
    package static func run(
        _ root: borrowing FileDescriptor, options: ContextWalker.Options = .init(),
        cache: FileDigestCache? = nil, width: Int = 2
    ) throws -> ContextScan {
        var options = options
        options.readsStatus = true
        options.reportsIgnored = false
        var table = FileTable()
        var unknown: [Int] = []
        let warnings = try ContextWalker(options: options).walk(root) { entry, _ in
            guard let status = entry.status else { return }
            var digest: RawDigest?
            if entry.kind == .file {
                digest = cache?.rawDigest(for: status)
                if digest == nil { unknown.append(table.count) }
            }
            table.append(entry, status: status, digest: digest)
        }
        for (index, result) in try read(unknown, of: table, root, width: width) {
            guard let digest = RawDigest(result.digest) else { continue }
            cache?.record(result.digest, for: result.status, readAt: result.readAt)
            table.fill(index, status: result.status, digest: digest)
        }
        return ContextScan(table: table, warnings: warnings, filesRead: unknown.count)
    }

    private struct Readings {
        var next = 0
        var results: [(Int, FileDigester.Result)] = []
        /// The failure that comes first in the table, so that the same one is reported whatever the timing.
        var failure: (index: Int, error: any Error)?
    }

    private static func read(
        _ unknown: [Int], of table: FileTable, _ root: borrowing FileDescriptor, width: Int
    ) throws -> [(Int, FileDigester.Result)] {
        if unknown.isEmpty { return [] }
        let directory: OpenDirectory
        do {
            directory = OpenDirectory(try root.open(".", [.readOnly, .directory]))
        } catch {
            throw ContextError.system("open", [], error)
        }
        let readings = Mutex(Readings())
        // Neighbours share directories, so they go to one thread.
        let batch = 32
        DispatchQueue.concurrentPerform(iterations: max(1, min(width, (unknown.count + batch - 1) / batch))) {
            _ in
            var index = 0
            do {
                var reader = try ContextReader.open(directory.descriptor)
                var digester = FileDigester()
                while true {
                    let range = readings.withLock { state in
                        let start = state.failure == nil ? state.next : unknown.count
                        state.next = min(start + batch, unknown.count)
                        return start..<state.next
                    }
                    if range.isEmpty { return }
                    var results: [(Int, FileDigester.Result)] = []
                    for place in range {
                        index = unknown[place]
                        results.append((index, try digester.digest(table.path(index), from: &reader)))
                    }
                    readings.withLock { $0.results += results }
                }
            } catch {
                let failure = (index: index, error: error)
                readings.withLock { state in
                    if state.failure.map({ $0.index > failure.index }) ?? true { state.failure = failure }
                }
            }
        }
        return try readings.withLock { state in
            if let failure = state.failure { throw failure.error }
            return state.results
        }
    }
}
