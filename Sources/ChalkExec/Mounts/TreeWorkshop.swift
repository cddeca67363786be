internal import ChalkSystem

/// Mounts parts of other layers beside the step's root, each with changes of its own that end with the step.
struct TreeWorkshop {
    let overlay: OverlayMount
    /// A directory on the disk for the changes.
    let changes: String
    /// A directory in memory to mount on.
    let mounts: String

    /// Mounts a tree and finds the part of it that is wanted.
    ///
    /// - Parameter destination: for the words of an error.
    func mount(_ tree: StepMount.Tree, for destination: String) throws -> MountedTree {
        let name = RandomName.make()
        let disk = try directory(name, in: changes)
        for inner in ["upper", "work", "empty"] { try disk.makeDirectory(inner, mode: 0o755) }
        _ = try directory(name, in: mounts)
        let lowers = tree.lowers.isEmpty ? ["\(changes)/\(name)/empty"] : tree.lowers
        if let top = lowers.first {
            // The root that is seen is that of the changes.
            let status = try FileSystem.status(top)
            try disk.changeMode(status.mode, of: "upper")
            try disk.changeOwner(uid: status.uid, gid: status.gid, of: "upper")
            try disk.changeTime(status.modified, of: "upper")
        }
        let root = "\(mounts)/\(name)"
        try overlay.mount(
            lowers: lowers, upper: "\(changes)/\(name)/upper", work: "\(changes)/\(name)/work", on: root)
        let place = try RootView(path: root).place(of: tree.path)
        guard let status = place.status else {
            throw ExecError(
                .invalidRequest,
                "cannot mount \(tree.path) on \(destination): it is not in the stage or image; check source=")
        }
        return MountedTree(
            source: place.relative.isEmpty ? root : root + place.absolute,
            isDirectory: status.kind == .directory)
    }

    private func directory(_ name: String, in parent: String) throws -> FileDescriptor {
        let parent = try FileDescriptor.directory(parent)
        try parent.makeDirectory(name, mode: 0o755)
        return try parent.open(name, [.readOnly, .directory, .noFollow])
    }
}

/// A part of other layers, mounted where the worker alone sees it.
struct MountedTree {
    /// Absolute.
    let source: String
    let isDirectory: Bool

    /// Makes a place for another mount in it, absolute as seen from it.
    func makePoint(_ path: String, isDirectory: Bool) throws {
        let view = try RootView(path: source)
        let place = try view.place(of: path)
        guard let name = place.missing.last else { return }
        if isDirectory { return try view.makeDirectories(place, mode: 0o755, uid: 0, gid: 0) }
        var above = place
        above.missing.removeLast()
        try view.makeDirectories(above, mode: 0o755, uid: 0, gid: 0)
        let parent = try FileDescriptor.directory(above.relative.isEmpty ? source : source + above.absolute)
        try parent.open(name, [.writeOnly, .create, .exclusive], mode: 0o644).close()
    }
}
