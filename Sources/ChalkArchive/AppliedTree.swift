internal import ChalkOCI
internal import ChalkSystem

/// A directory that a layer is being applied to, and what of it this layer has written so far.
///
/// A *real* path is one whose parents are directories, not links; only such are touched.
final class AppliedTree {
    /// What a directory gets when all below it is in place.
    struct Finish {
        var mode: UInt32?
        var time: FileStatus.Time
    }

    let tree: AnchoredTree
    let form: LayerForm
    let owners: OwnerPolicy
    let lower: (any LowerTree)?
    var content = EntryContent()
    /// Merged form: real paths of this layer's entries, and of all directories above them.
    var written: Set<[UInt8]> = []
    /// Overlay form: real paths where nothing of lower layers shows, themselves and below.
    var hidden: Set<[UInt8]> = []
    /// Whether an entry says how the root looks.
    var isRootGiven = false
    private var directories: [[UInt8]: Finish] = [:]
    private var touched: [[UInt8]]?
    private var lastParent: (path: [UInt8], real: [[UInt8]])?
    private(set) var warnings: [String] = []

    init(root: Directory, form: LayerForm, owners: OwnerPolicy, lower: (any LowerTree)?) {
        tree = AnchoredTree(root: root)
        self.form = form
        self.owners = owners
        self.lower = form == .merged ? nil : lower
    }

    func warn(_ sentence: String) {
        if warnings.count < 100 { warnings.append(sentence) }
    }

    /// The overlay's marks; nil in merged form.
    var overlay: Overlay? {
        if case .overlay(let userXattr) = form { Overlay(userXattr: userXattr) } else { nil }
    }

    /// What is at a real path, in this layer's directory or below it.
    func look(_ real: [[UInt8]]) throws -> LowerNode {
        if let status = try tree.status(real) {
            switch status.kind {
            case .directory: return .directory(mode: status.mode, uid: status.uid, gid: status.gid)
            case .link:
                let place = try place(real)
                return .link(target: try place.directory.descriptor.linkTarget(of: place.name))
            default: return isWhiteout(status) ? .missing : .file
            }
        }
        guard let lower, !isHidden(real) else { return .missing }
        return try lower.lookup(LayerPath.path(real))
    }

    func isWhiteout(_ status: FileStatus) -> Bool {
        overlay != nil && status.kind == .characterDevice && status.specialDevice == 0
    }

    /// Whether lower layers do not show at a real path.
    func isHidden(_ real: [[UInt8]]) -> Bool {
        if hidden.isEmpty { return false }
        return (0...real.count).contains { hidden.contains(LayerPath.path(real.prefix($0))) }
    }

    /// The real path of a directory, which need not be there.
    func resolve(_ path: [UInt8]) throws -> [[UInt8]] {
        if let lastParent, lastParent.path == path { return lastParent.real }
        let real = try RootedPath.resolve(path, followingLast: true) { try look($0) }
        lastParent = (path, real)
        return real
    }

    /// The real path of an entry: its parents resolved, itself not.
    func resolveEntry(_ path: [UInt8]) throws -> [[UInt8]] {
        try resolve(LayerPath.parent(path)) + [LayerPath.name(path)]
    }

    /// Where a real path is reached: an open directory and a name in it.
    func place(_ real: [[UInt8]]) throws(SystemError) -> (directory: Directory, name: [UInt8]) {
        guard let name = real.last else { return (tree.root, [LayerPath.dot]) }
        return (try tree.directory(real.dropLast()), name)
    }

    /// Something other than a file came or went, so what was resolved may no longer hold.
    func forgetResolved() { lastParent = nil }

    /// Opens a directory for changes, making it and those above it where they are missing.
    func ensure(_ real: [[UInt8]], mtime: Int64) throws -> Directory {
        if let directory = try? tree.directory(real) {
            try touch(real, directory)
            return directory
        }
        for count in 1...max(1, real.count) {
            let part = Array(real.prefix(count))
            let status = try tree.status(part)
            if status?.kind == .directory { continue }
            if let status, !isWhiteout(status) {
                throw noDirectory(part)
            }
            try makeImplied(part, over: status, mtime: mtime)
        }
        let directory = try tree.directory(real)
        try touch(real, directory)
        return directory
    }

    private func noDirectory(_ real: [[UInt8]]) -> ArchiveError {
        ArchiveError(
            .refused,
            "the layer's entries below \(LayerPath.display(LayerPath.path(real))) are refused: it is no directory"
        )
    }

    /// Makes a directory that no entry of the layer speaks of: like the lower one, else 0755 and root's.
    private func makeImplied(_ real: [[UInt8]], over status: FileStatus?, mtime: Int64) throws {
        let place = try place(real)
        try touch(real.dropLast(), place.directory)
        var (mode, uid, gid): (UInt32, UInt32, UInt32) = (0o755, 0, 0)
        var mtime = mtime
        if let lower, !isHidden(real) {
            let path = LayerPath.path(real)
            switch try lower.lookup(path) {
            case .directory(let lowerMode, let lowerUid, let lowerGid):
                (mode, uid, gid) = (lowerMode, lowerUid, lowerGid)
                mtime = try lower.modified(directory: path) ?? mtime
            case .file, .link: throw noDirectory(real)
            case .missing: break
            }
        }
        if status != nil { try place.directory.descriptor.removeFile(place.name) }
        try place.directory.descriptor.makeDirectory(place.name, mode: 0o700)
        if status != nil { try makeOpaque(real) }
        if owners == .keep {
            try place.directory.descriptor.changeOwner(uid: uid, gid: gid, of: place.name)
        }
        finishLater(real, mode: mode, mtime: mtime)
        markWritten(real)
        forgetResolved()
    }

    /// Remembers what a directory must look like in the end.
    func finishLater(_ real: [[UInt8]], mode: UInt32, mtime: Int64) {
        directories[LayerPath.path(real)] = Finish(mode: mode, time: .init(seconds: mtime))
    }

    /// Remembers the time of a directory whose names are about to change, and sees to it that they can.
    func touch(_ real: [[UInt8]], _ directory: Directory) throws(SystemError) {
        if touched == real { return }
        touched = real
        let path = LayerPath.path(real)
        if directories[path] != nil { return }
        let status = try directory.descriptor.status()
        var finish = Finish(mode: nil, time: status.modified)
        if owners == .skip, status.mode & 0o700 != 0o700 {
            try directory.descriptor.changeMode(status.mode | 0o700, of: [LayerPath.dot])
            finish.mode = status.mode
        }
        directories[path] = finish
    }

    /// Counts a real path, and the directories above it, to this layer.
    func markWritten(_ real: [[UInt8]]) {
        guard form == .merged else { return }
        var count = real.count
        while count > 0, written.insert(LayerPath.path(real.prefix(count))).inserted { count -= 1 }
    }

    /// Marks a directory of this layer as hiding all that is below it in lower layers.
    func makeOpaque(_ real: [[UInt8]]) throws {
        guard let overlay else { return }
        hidden.insert(LayerPath.path(real))
        // overlayfs merges the roots of its layers whatever their marks: see finish().
        if real.isEmpty { return }
        let place = try place(real)
        try place.directory.descriptor.setAttribute(overlay.opaque, of: place.name)
    }

    /// Gives directories their modes and times, those below first.
    func finish() throws {
        if hidden.contains([]) { try hideLowerRoot() }
        if !isRootGiven { try finishRoot() }
        for path in directories.keys.sorted(by: { LayerPath.precedes($1, $0) }) {
            let real = LayerPath.components(path)
            // It may have been replaced since.
            guard let finish = directories[path], try tree.status(real)?.kind == .directory else { continue }
            let place = try place(real)
            try place.directory.descriptor.changeTime(finish.time, of: place.name)
            if let mode = finish.mode { try place.directory.descriptor.changeMode(mode, of: place.name) }
        }
    }

    /// Overlay form: makes the directory itself look like the root below it. The root of the top layer is the root
    /// that a container sees.
    private func finishRoot() throws {
        if form == .merged { return }
        var (mode, uid, gid): (UInt32, UInt32, UInt32) = (0o755, 0, 0)
        if case .directory(let lowerMode, let lowerUid, let lowerGid) = try lower?.lookup([]) {
            (mode, uid, gid) = (lowerMode, lowerUid, lowerGid)
        }
        if owners == .keep { try tree.root.descriptor.changeOwner(uid: uid, gid: gid, of: [LayerPath.dot]) }
        finishLater(
            [], mode: mode, mtime: try lower?.modified(directory: []) ?? Timestamp.defaultEpoch.seconds)
    }

    private func hideLowerRoot() throws {
        guard let lower else { return }
        for name in try lower.names(in: []) { try hide([name], mtime: 0) }
    }
}
