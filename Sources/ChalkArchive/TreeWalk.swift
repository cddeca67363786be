package import ChalkSystem

/// Takes the entries of a tree in the order of a layer, each file with its content.
package typealias EntryVisitor = (LayerEntry, (any ByteSource)?) throws -> Void

/// A walk over a directory tree that gives layer entries: the common part of ``TreeSource`` and ``OverlayDiff``.
final class TreeWalk {
    /// What a walk over an overlay's upper directory does besides.
    struct OverlayRules {
        let overlay: Overlay
        let whiteoutTime: Int64
        let ignored: Set<[UInt8]>
        let lowerStatus: ([UInt8]) throws -> FileStatus?
    }

    private struct Inode: Hashable {
        let device: UInt64
        let number: UInt64
    }

    private enum Item {
        case entry([UInt8], FileStatus)
        case whiteout([UInt8])
        case opaque
    }

    private let time: (FileStatus) -> Int64
    private let rules: OverlayRules?
    private let cancellation: Cancellation?
    private let visitor: EntryVisitor
    private var firstNames: [Inode: [UInt8]] = [:]
    /// Directories that are left out unless something below them is not.
    private var pending: [LayerEntry] = []
    /// Paths of sockets.
    private(set) var skipped: [[UInt8]] = []

    init(
        time: @escaping (FileStatus) -> Int64, rules: OverlayRules?, cancellation: Cancellation?,
        visitor: @escaping EntryVisitor
    ) {
        self.time = time
        self.rules = rules
        self.cancellation = cancellation
        self.visitor = visitor
    }

    /// Gives the root itself; for an overlay only when it differs from the lower one.
    func visitRoot(_ root: Directory) throws {
        let status = try root.descriptor.status()
        if let rules {
            guard let lower = try rules.lowerStatus([]), !isSame(status, lower) else { return }
        }
        let name = [LayerPath.dot]
        guard
            let entry = try EntryReader.entry(name, in: root, status: status, path: [], mtime: time(status))
        else { return }
        try visitor(entry, nil)
    }

    /// Gives all below an open directory.
    func walk(_ directory: Directory, at path: [UInt8], isOpaque: Bool = false) throws {
        for (name, item) in try items(of: directory, isOpaque: isOpaque) {
            try cancellation?.check()
            switch item {
            case .opaque:
                try give(LayerEntry.opaque(of: path, mtime: rules?.whiteoutTime ?? 0), nil)
            case .whiteout(let hidden):
                let full = LayerPath.path(hidden, in: path)
                try give(LayerEntry.whiteout(of: full, mtime: rules?.whiteoutTime ?? 0), nil)
            case .entry(_, let status):
                try visit(name, status, in: directory, at: LayerPath.path(name, in: path))
            }
        }
    }

    private func items(of directory: Directory, isOpaque: Bool) throws -> [(name: [UInt8], item: Item)] {
        var items: [(name: [UInt8], item: Item)] = isOpaque ? [(Whiteout.opaqueName, .opaque)] : []
        for entry in try directory.descriptor.entries() {
            let status = try directory.descriptor.status(of: entry.name)
            if rules != nil, status.kind == .characterDevice, status.specialDevice == 0 {
                items.append((Whiteout.prefix + entry.name, .whiteout(entry.name)))
            } else {
                items.append((entry.name, .entry(entry.name, status)))
            }
        }
        return items.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private func visit(
        _ name: [UInt8], _ status: FileStatus, in directory: Directory, at path: [UInt8]
    ) throws {
        if rules?.ignored.contains(path) == true, status.kind == .file, status.size == 0 { return }
        try checkMarks(of: name, status, in: directory, at: path)
        let read = try EntryReader.entry(name, in: directory, status: status, path: path, mtime: time(status))
        guard let entry = read else {
            skipped.append(path)
            return
        }
        if status.kind == .directory {
            return try visitDirectory(entry, name, status, in: directory)
        }
        if status.linkCount > 1 {
            let inode = Inode(device: status.device, number: status.inode)
            if let first = firstNames[inode] {
                return try give(entry.with(path: path, kind: .hardLink(target: first)), nil)
            }
            firstNames[inode] = path
        }
        guard status.kind == .file else { return try give(entry, nil) }
        try give(entry, EntryReader.content(name, in: directory))
    }

    private func visitDirectory(
        _ entry: LayerEntry, _ name: [UInt8], _ status: FileStatus, in directory: Directory
    ) throws {
        let path = entry.path
        var isOpaque = false
        pending.append(entry)
        if let rules {
            let mark = try directory.descriptor.attribute(rules.overlay.prefix + "opaque", of: name)
            isOpaque = mark == rules.overlay.opaque.value
            if !rules.ignored.contains(path), try !isUnchanged(entry, status, rules) { try flush() }
        } else {
            try flush()
        }
        try walk(directory.directory(name), at: path, isOpaque: isOpaque)
        if pending.last?.path == path { pending.removeLast() }
    }

    private func isUnchanged(_ entry: LayerEntry, _ status: FileStatus, _ rules: OverlayRules) throws -> Bool
    {
        guard entry.attributes.isEmpty, let lower = try rules.lowerStatus(entry.path) else { return false }
        return isSame(status, lower)
    }

    private func isSame(_ a: FileStatus, _ b: FileStatus) -> Bool {
        a.kind == b.kind && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid
    }

    /// Refuses what only the mount that made it can read: a directory moved by reference, a file whose content
    /// stayed below.
    private func checkMarks(
        of name: [UInt8], _ status: FileStatus, in directory: Directory, at path: [UInt8]
    ) throws {
        guard let rules, status.kind == .directory || status.kind == .file else { return }
        for (mark, option) in [("redirect", "redirect_dir"), ("metacopy", "metacopy")] {
            if try directory.descriptor.attribute(rules.overlay.prefix + mark, of: name) != nil {
                throw ArchiveError(
                    .unsupported,
                    "the changes at \(LayerPath.display(path)) cannot be read without their overlay: mount it with \(option)=off"
                )
            }
        }
    }

    private func give(_ entry: LayerEntry, _ content: (any ByteSource)?) throws {
        try flush()
        try visitor(entry, content)
    }

    private func flush() throws {
        let waiting = pending
        pending = []
        for entry in waiting { try visitor(entry, nil) }
    }
}
