internal import ChalkSystem
internal import Glibc

/// Putting entries in place.
extension AppliedTree {
    /// Puts an entry where its path leads, replacing what is there unless both are directories.
    func place(_ entry: LayerEntry, _ source: any ByteSource) throws {
        if entry.path.isEmpty { return try placeRoot(entry) }
        if case .hardLink(let target) = entry.kind { return try placeHardLink(entry, to: target) }
        let real = try resolveEntry(entry.path)
        let parent = try ensure(real.dropLast(), mtime: entry.mtime)
        try put(entry, source, at: real, in: parent)
    }

    private func placeRoot(_ entry: LayerEntry) throws {
        isRootGiven = true
        try applyOwnerAndAttributes(of: entry, [LayerPath.dot], in: tree.root)
        finishLater([], mode: entry.mode, mtime: entry.mtime)
    }

    private func put(
        _ entry: LayerEntry, _ source: (any ByteSource)?, at real: [[UInt8]], in parent: Directory
    ) throws {
        guard let name = real.last else { return }
        markWritten(real)
        let existing = try parent.descriptor.statusIfPresent(of: name)
        switch entry.kind {
        case .directory:
            if existing?.kind != .directory {
                if existing != nil { try remove(real) }
                try parent.descriptor.makeDirectory(name, mode: 0o700)
                // What was there hid the lower directory of that name; its successor must too.
                if existing != nil { try makeOpaque(real) }
            }
            try applyOwnerAndAttributes(of: entry, name, in: parent)
            finishLater(real, mode: entry.mode, mtime: entry.mtime)
        case .file:
            if existing != nil { try remove(real) }
            try writeFile(entry, source, name, in: parent)
        case .link(let target):
            if existing != nil { try remove(real) }
            try parent.descriptor.makeLink(name, to: target)
            forgetResolved()
            try applyOwnerAndAttributes(of: entry, name, in: parent)
            try parent.descriptor.changeTime(.init(seconds: entry.mtime), of: name)
        case .fifo, .characterDevice, .blockDevice:
            if existing != nil { try remove(real) }
            try makeNode(entry, name, in: parent)
        case .hardLink: break
        }
    }

    private func writeFile(
        _ entry: LayerEntry, _ source: (any ByteSource)?, _ name: [UInt8], in parent: Directory
    ) throws {
        let file = try parent.descriptor.open(
            name, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
        try writeContent(of: entry, source, to: file)
        try applyOwnerAndAttributes(of: entry, name, in: parent)
        try file.changeMode(entry.mode)
        try file.changeTime(.init(seconds: entry.mtime))
        try file.close()
    }

    private func writeContent(
        of entry: LayerEntry, _ source: (any ByteSource)?, to file: borrowing FileDescriptor
    ) throws {
        var position: Int64 = 0
        var end: Int64 = 0
        _ = try content.copy(source, of: entry, digesting: false) { bytes in
            // Long runs of zeros become holes.
            if bytes.count >= 4_096, isZero(bytes) {
                position += Int64(bytes.count)
                return
            }
            if end != position { try file.seek(to: position) }
            try file.write(bytes)
            position += Int64(bytes.count)
            end = position
        }
        if end != position { try file.truncate(to: position) }
    }

    private func isZero(_ bytes: ArraySlice<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return true }
            return unsafe bytes[0] == 0 && memcmp(start, start + 1, bytes.count - 1) == 0
        }
    }

    private func makeNode(_ entry: LayerEntry, _ name: [UInt8], in parent: Directory) throws {
        var (type, device): (mode_t, UInt64) = (S_IFIFO, 0)
        switch entry.kind {
        case .characterDevice(let major, let minor):
            (type, device) = (S_IFCHR, DeviceNumber.pack(major: major, minor: minor))
            if device == 0 {
                throw ArchiveError(
                    .refused,
                    "the layer's entry \(LayerPath.display(entry.path)) is refused: a character device 0/0 is a whiteout of overlayfs"
                )
            }
        case .blockDevice(let major, let minor):
            (type, device) = (S_IFBLK, DeviceNumber.pack(major: major, minor: minor))
        default: break
        }
        do {
            try parent.descriptor.makeNode(name, type: UInt32(type), mode: 0o600, device: device)
        } catch {
            guard error.code == EPERM, type != S_IFIFO else { throw error }
            return warn(
                "the device node \(LayerPath.display(entry.path)) was left out: only the privileged may make one"
            )
        }
        try applyOwnerAndAttributes(of: entry, name, in: parent)
        try parent.descriptor.changeMode(entry.mode, of: name)
        try parent.descriptor.changeTime(.init(seconds: entry.mtime), of: name)
    }

    private func placeHardLink(_ entry: LayerEntry, to target: [UInt8]) throws {
        let real = try resolveEntry(entry.path)
        let source = try resolveEntry(target)
        if try tree.status(source).map({ isWhiteout($0) }) ?? true { try copyUp(source, for: entry, target) }
        guard let status = try tree.status(source), status.kind != .directory else {
            throw refused(entry, "its target \(LayerPath.display(target)) is a directory")
        }
        if source == real { return }
        let parent = try ensure(real.dropLast(), mtime: entry.mtime)
        guard let name = real.last else { return }
        markWritten(real)
        if try parent.descriptor.statusIfPresent(of: name) != nil { try remove(real) }
        if status.kind == .link { forgetResolved() }
        let from = try place(source)
        try parent.descriptor.makeHardLink(name, to: from.name, in: from.directory.descriptor)
    }

    /// Brings a file of a lower layer into this one, so that a hard link can share it.
    private func copyUp(_ real: [[UInt8]], for entry: LayerEntry, _ target: [UInt8]) throws {
        let path = LayerPath.path(real)
        guard let lower, !isHidden(real), case let node = try lower.lookup(path), node != .missing else {
            throw refused(entry, "its target \(LayerPath.display(target)) is not there")
        }
        if case .directory = node {
            throw refused(entry, "its target \(LayerPath.display(target)) is a directory")
        }
        guard let file = try lower.file(at: path) else {
            throw ArchiveError(
                .unsupported,
                "the layer's hard link \(LayerPath.display(entry.path)) cannot be unpacked on its own: its target \(LayerPath.display(target)) is in a lower layer that is not at hand"
            )
        }
        try put(file.entry, file.content, at: real, in: ensure(real.dropLast(), mtime: entry.mtime))
    }

    private func applyOwnerAndAttributes(
        of entry: LayerEntry, _ name: [UInt8], in directory: Directory
    ) throws {
        if owners == .keep {
            try directory.descriptor.changeOwner(uid: entry.uid, gid: entry.gid, of: name)
        }
        for attribute in entry.attributes {
            let what =
                "the attribute \(LayerPath.display(attribute.name)) of \(LayerPath.display(entry.path))"
            guard LayerEntry.travels(attribute.name) else {
                warn("\(what) was left out: it belongs to the machine it came from")
                continue
            }
            do {
                try directory.descriptor.setAttribute(attribute, of: name)
            } catch {
                guard [EPERM, EACCES, EOPNOTSUPP].contains(error.code) else { throw error }
                warn("\(what) was left out: \(error.reason)")
            }
        }
    }

    private func refused(_ entry: LayerEntry, _ why: String) -> ArchiveError {
        ArchiveError(
            .refused, "the layer's hard link \(LayerPath.display(entry.path)) is refused: \(why)")
    }
}
