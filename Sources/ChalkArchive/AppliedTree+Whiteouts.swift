internal import ChalkSystem

/// Deleting what lower layers have. What this layer itself wrote stays, whichever came first.
extension AppliedTree {
    /// Applies a whiteout. One that hits nothing is no error.
    func apply(_ whiteout: Whiteout, mtime: Int64) throws {
        switch (whiteout, form) {
        case (.file(let path), .merged):
            let real = try resolveEntry(path)
            if try tree.status(real) != nil { try prune(real) }
        case (.opaque(let path), .merged):
            let real = try resolve(path)
            if try tree.status(real)?.kind == .directory { try pruneContent(real) }
        case (.file(let path), .overlay):
            let real = try resolveEntry(path)
            if try !isHidden(real) && look(real.dropLast()) != .file { try hide(real, mtime: mtime) }
        case (.opaque(let path), .overlay):
            let real = try resolve(path)
            // Where lower layers are known to have nothing there is nothing to hide.
            if !real.isEmpty, lower != nil, try look(real) == .missing { return }
            if lower == nil, real.isEmpty { return }
            _ = try ensure(real, mtime: mtime)
            try makeOpaque(real)
        }
    }

    /// Overlay form: makes a real path of lower layers invisible.
    func hide(_ real: [[UInt8]], mtime: Int64) throws {
        if let status = try tree.status(real) {
            if status.kind == .directory { try makeOpaque(real) }
            return
        }
        // Asked of the lower layers themselves, for at this point an opaque root hides them all.
        if let lower, try lower.lookup(LayerPath.path(real)) == .missing { return }
        let parent = try ensure(real.dropLast(), mtime: mtime)
        guard let name = real.last else { return }
        try parent.descriptor.makeNode(name, type: 0o020000, mode: 0, device: 0)
        hidden.insert(LayerPath.path(real))
        forgetResolved()
    }

    /// Merged form: removes a real path, but for what this layer wrote there.
    private func prune(_ real: [[UInt8]]) throws {
        let place = try place(real)
        if written.contains(LayerPath.path(real)) {
            if try tree.status(real)?.kind == .directory { try pruneContent(real) }
        } else {
            try touch(real.dropLast(), place.directory)
            try remove(real)
        }
    }

    private func pruneContent(_ real: [[UInt8]]) throws {
        for entry in try tree.directory(real).descriptor.entries() { try prune(real + [entry.name]) }
    }

    /// Removes a real path with all below it.
    func remove(_ real: [[UInt8]]) throws {
        let place = try place(real)
        tree.forget(real)
        forgetResolved()
        try place.directory.descriptor.removeTree(place.name)
    }
}
