package import ChalkOCI
internal import ChalkSystem

extension Volumes {
    private static let rounds = 10

    /// Uses a volume: its live directory is made ready, and stays until the last use ends.
    ///
    /// - Parameter readOnly: whether the user will change nothing; the caller binds the directory so.
    /// - Throws: ``StoreError`` `.notFound`.
    package func attach(_ name: VolumeName, readOnly: Bool = false) throws -> VolumeAttachment {
        try working("mount the volume \(name)") {
            try opened(name) { folder, reference in
                var reference = reference
                var state = try folder.readState()
                if try folder.isUnused() {
                    if state.isUnsure {
                        try settle(folder, &reference, &state, origin: "container")
                    }
                    try prepare(folder, reference, &state)
                }
                if !readOnly, !state.isInUse {
                    state.isInUse = true
                    try folder.write(state)
                }
                let use = try folder.openUsers()
                try use.lock(.shared)
                return VolumeAttachment(
                    self, name,
                    path: "\(directory.path)/chalk/volumes/\(name)/\(VolumeFolder.live)", use: use)
            }
        }
    }

    /// Makes a version of what is in the live directory while containers use it: of a moment in which nothing changed
    /// between the first and the last file that was read.
    ///
    /// - Returns: the digest of the newest version, which is the one before where nothing changed.
    /// - Throws: ``StoreError`` `.busy` where there was no such moment.
    package func snapshot(_ name: VolumeName) throws -> Digest {
        try working("make a snapshot of the volume \(name)") {
            try opened(name) { folder, reference in
                var reference = reference
                var state = try folder.readState()
                if state.isInUse {
                    try follow(folder, reference, &state)
                    state.base = try capture(folder, &reference, state, isQuiet: false, origin: "snapshot")
                    try folder.write(state)
                }
                return try version(reference.head).tree.digest
            }
        }
    }

    /// Ends a use; the last one makes a version.
    func detach(_ name: VolumeName, _ use: borrowing FileDescriptor) throws -> Digest? {
        try working("make a version of the volume \(name)") {
            defer { use.unlock() }
            guard let folder = try VolumeFolder.open(name, directory),
                var reference = try folder.readReference(), try use.tryLock(.exclusive)
            else { return nil }
            var state = try folder.readState()
            guard state.isInUse else { return nil }
            let before = try version(reference.head).tree.digest
            try settle(folder, &reference, &state, origin: "container")
            let now = try version(reference.head).tree.digest
            return now == before ? nil : now
        }
    }

    /// Makes a version of a live directory that nobody uses any more.
    func settle(
        _ folder: borrowing VolumeFolder, _ reference: inout VolumeFolder.Reference,
        _ state: inout VolumeFolder.LiveState, origin: String
    ) throws {
        try follow(folder, reference, &state)
        state.base = try capture(folder, &reference, state, isQuiet: true, origin: origin)
        state.isInUse = false
        state.isUnsure = false
        try folder.write(state)
    }

    /// Brings into a live directory what the reference got while it was in use.
    func follow(
        _ folder: borrowing VolumeFolder, _ reference: VolumeFolder.Reference,
        _ state: inout VolumeFolder.LiveState
    ) throws {
        let head = try version(reference.head).tree
        if state.base == head { return }
        try LiveTree(trees).update(try folder.openLive(), from: state.base, to: head)
        state.base = head
        try folder.write(state)
    }

    /// Brings a live directory that nobody uses to the newest version.
    private func prepare(
        _ folder: borrowing VolumeFolder, _ reference: VolumeFolder.Reference,
        _ state: inout VolumeFolder.LiveState
    ) throws {
        let head = try version(reference.head).tree
        if state.base == head { return }
        // Until it is done, nobody takes the directory for what it was or will be.
        let base = state.base
        state.base = nil
        try folder.write(state)
        if base == nil { try folder.removeLive() }
        let live = try folder.openLive()
        try LiveTree(trees).update(live, from: base, to: head)
        // Else a power cut could leave less than it followed, which would be taken for a user's doing.
        try live.syncFileSystem()
        state.base = head
        try folder.write(state)
    }

    /// Takes a live directory in and moves the reference to it.
    ///
    /// - Parameter isQuiet: whether nobody uses it.
    private func capture(
        _ folder: borrowing VolumeFolder, _ reference: inout VolumeFolder.Reference,
        _ state: VolumeFolder.LiveState, isQuiet: Bool, origin: String
    ) throws -> StoredTree {
        let live = try folder.openLive()
        let batch = BlobBatch(directory)
        var known = state.base.map { TreeCapture.Known(tree: $0, stamps: folder.readStamps()) }
        for round in 1...Self.rounds {
            var capture = try TreeCapture(trees, batch, .asIs)
            let tree = try capture.tree(of: live, known: known)
            try batch.flush()
            // What nobody uses is read once; else the second reading, in which nothing is new, is the proof.
            if isQuiet || known?.tree == tree && round > 1 {
                try move(folder, &reference, to: tree, origin: origin, batch)
                if isQuiet { try folder.write(capture.stamps) }
                return tree
            }
            known = TreeCapture.Known(tree: tree, stamps: capture.stamps)
        }
        throw StoreError(
            .busy,
            "the volume \(folder.name) was written to all the time while it was read; try again, or stop the "
                + "container")
    }
}
