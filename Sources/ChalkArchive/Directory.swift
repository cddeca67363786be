internal import ChalkSystem

/// An open directory that several places share.
final class Directory {
    let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    /// The directory `name` in this one; a link in its place is an error (ENOTDIR or ELOOP).
    func directory(_ name: [UInt8]) throws(SystemError) -> Directory {
        Directory(try descriptor.open(name, [.pathOnly, .directory, .noFollow]))
    }
}

/// A directory tree that is walked from its root by descriptors, one component at a time, never through a link.
///
/// Keeps the directories of the last path open, so neighbours cost nothing.
final class AnchoredTree {
    /// The root.
    let root: Directory
    private var path: [[UInt8]] = []
    private var open: [Directory] = []
    /// Deeper directories are opened and not kept: a hostile path must not use up the process' descriptors.
    private static let mostOpen = 48
    /// The last directory that was opened beyond that.
    private var deepest: (path: [[UInt8]], directory: Directory)?

    init(root: Directory) { self.root = root }

    /// The directory at a path without links.
    ///
    /// - Throws: ``SystemError``: ENOENT, or ENOTDIR or ELOOP where something else is in the way.
    func directory(_ wanted: [[UInt8]]) throws(SystemError) -> Directory {
        var shared = 0
        while shared < path.count, shared < wanted.count, path[shared] == wanted[shared] { shared += 1 }
        if shared == wanted.count { return shared == 0 ? root : open[shared - 1] }
        path.removeSubrange(shared...)
        open.removeSubrange(shared...)
        var current = open.last ?? root
        if let deepest, wanted.starts(with: deepest.path) {
            shared = deepest.path.count
            current = deepest.directory
        }
        for (index, component) in wanted.enumerated().dropFirst(shared) {
            current = try current.directory(component)
            if index == open.count, index < Self.mostOpen {
                path.append(component)
                open.append(current)
            }
        }
        deepest = wanted.count > Self.mostOpen ? (wanted, current) : nil
        return current
    }

    /// What is at a path without links; nil when it, or a directory above it, is not there.
    func status(_ path: [[UInt8]]) throws(SystemError) -> FileStatus? {
        guard let name = path.last else { return try root.descriptor.status() }
        do {
            return try directory(path.dropLast()).descriptor.status(of: name)
        } catch  where error.isNotFound || error.code == 40 {
            return nil
        }
    }

    /// Forgets open directories below a path that is about to be removed.
    func forget(_ removed: [[UInt8]]) {
        deepest = nil
        if path.starts(with: removed) {
            path.removeSubrange(max(0, removed.count - 1)...)
            open.removeSubrange(max(0, removed.count - 1)...)
        }
    }
}
