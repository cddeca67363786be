internal import ChalkOCI
internal import ChalkSystem

/// Takes a directory of the host into the store, as a tree.
struct TreeCapture {
    /// What is taken over of owners and permissions.
    enum Rule {
        /// All: the directory is what containers made of it. What a tree cannot hold is left out and named.
        case asIs
        /// Owner 0, and 0644 or 0755 by the owner's execute bit, as in layers. What a tree cannot hold is an error.
        case plain
    }

    /// What a tree was, and what its files looked like then, by path.
    struct Known {
        var tree: StoredTree
        var stamps: FileStamps
    }

    private static let depth = 200
    private static let attempts = 3
    private let trees: TreeStore
    private let batch: BlobBatch
    private let rule: Rule
    private let isRoot = CurrentProcess.userID == 0
    private var known = FileStamps()
    private var buffer: [UInt8] = []
    private let start: FileStatus.Time
    /// What the files looked like, those that may have changed since left out.
    private(set) var stamps = FileStamps()
    /// Paths of what was left out: sockets, FIFOs, devices.
    private(set) var skipped: [String] = []

    /// Takes a directory in; the batch still has to be flushed.
    ///
    /// - Parameter known: files that look as they did then are not read.
    init(_ trees: TreeStore, _ batch: BlobBatch, _ rule: Rule) throws(SystemError) {
        self.trees = trees
        self.batch = batch
        self.rule = rule
        start = try .fileClock()
    }

    /// Takes a directory in; the batch still has to be flushed.
    ///
    /// - Parameter known: what is known of it: files that look as they did are not read.
    mutating func tree(of directory: borrowing FileDescriptor, known: Known? = nil) throws -> StoredTree {
        self.known = known?.stamps ?? FileStamps()
        return try tree(of: directory, at: [], depth: 0, earlier: known?.tree)
    }

    private mutating func tree(
        of directory: borrowing FileDescriptor, at path: [UInt8], depth: Int, earlier: StoredTree?
    ) throws -> StoredTree {
        if depth > Self.depth {
            throw StoreError(
                .tooLarge, "\(path.display) lies deeper than \(Self.depth) directories; move it up")
        }
        let status = try directory.status()
        let old = earlier.flatMap { try? trees.document($0) }
        var entries: [TreeDocument.Entry] = []
        for entry in try directory.entries() {
            let place = path.isEmpty ? entry.name : path + [UInt8(ascii: "/")] + entry.name
            // Gone since the directory was listed: not there.
            guard let found = try directory.statusIfPresent(of: entry.name),
                let node = try node(
                    entry.name, found, in: directory, at: place, depth: depth, earlier: old?[entry.name])
            else { continue }
            entries.append(.init(name: entry.name, node: node))
        }
        let (mode, uid, gid) = access(status)
        return try trees.put(TreeDocument(mode: mode, uid: uid, gid: gid, entries: entries), in: batch)
    }

    private mutating func node(
        _ name: [UInt8], _ status: FileStatus, in directory: borrowing FileDescriptor, at path: [UInt8],
        depth: Int, earlier: StoredNode?
    ) throws -> StoredNode? {
        do {
            switch status.kind {
            case .file:
                if case .file(let file)? = earlier, known[path] == status.stamp {
                    stamps[path] = status.stamp
                    return .file(file)
                }
                return .file(try file(directory.open(name, [.readOnly, .noFollow, .nonBlocking]), at: path))
            case .directory:
                let inner = try directory.open(name, [.readOnly, .directory, .noFollow])
                var tree: StoredTree?
                if case .directory(let old)? = earlier { tree = old }
                return .directory(try self.tree(of: inner, at: path, depth: depth + 1, earlier: tree))
            case .link: return .link(try directory.linkTarget(of: name))
            default:
                guard case .asIs = rule else {
                    throw StoreError(
                        .invalidRequest,
                        "\(path.display) is a \(status.kind), which a volume cannot hold; leave it out")
                }
                skipped.append(path.display)
                return nil
            }
        } catch let error as SystemError where error.isNotFound {
            return nil
        } catch let error as SystemError {
            throw SystemError(code: error.code, operation: error.operation, subject: path.display)
        }
    }

    /// A file's content, read until it stays the same while it is read.
    mutating func file(_ file: borrowing FileDescriptor, at path: [UInt8]) throws -> StoredFile {
        for _ in 0..<Self.attempts {
            let status = try file.status()
            guard status.kind == .file else { break }
            guard let content = try content(of: file, size: status.size),
                try file.status().stamp == status.stamp
            else { continue }
            if !status.stamp.isRacy(readAt: start) { stamps[path] = status.stamp }
            let (mode, uid, gid) = access(status)
            return StoredFile(
                mode: mode, uid: uid, gid: gid, digest: content.digest, size: status.size,
                pieces: content.pieces)
        }
        throw StoreError(
            .busy, "\(path.display) changes while it is read; end or pause what writes it, and try again")
    }

    private mutating func content(
        of file: borrowing FileDescriptor, size: Int64
    ) throws -> (digest: Digest, pieces: Descriptor?)? {
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: FilePieces.size) }
        var hasher = SHA256Hasher()
        var pieces: [Descriptor] = []
        var position: Int64 = 0
        repeat {
            let count = Int(min(Int64(FilePieces.size), size - position))
            guard try file.readAll(into: &buffer, offset: 0, count: count, at: position) == count else {
                return nil
            }
            if size > Int64(FilePieces.size) { hasher.update(buffer[..<count]) }
            pieces.append(try batch.put(buffer[..<count], type: .volumeContent))
            position += Int64(count)
        } while position < size
        if pieces.count == 1 { return (pieces[0].digest, nil) }
        return (
            hasher.finish(), try batch.put(FilePieces(pieces).encoded(), type: .volumePieces)
        )
    }

    private func access(_ status: FileStatus) -> (mode: UInt32, uid: UInt32, gid: UInt32) {
        switch rule {
        case .asIs: return (status.mode, isRoot ? status.uid : 0, isRoot ? status.gid : 0)
        case .plain:
            return (status.kind == .directory || status.mode & 0o100 != 0 ? 0o755 : 0o644, 0, 0)
        }
    }
}
