internal import ChalkSystem

/// The directory of a cache mount, which the first step that needs it makes.
struct CacheDirectory {
    /// Absolute.
    let path: String

    /// Makes it where it is missing, under another name first: a second step must not see it half made.
    func make(_ access: StepMount.Access, seed: StepMount.Tree?, workshop: TreeWorkshop) throws {
        if try FileSystem.statusIfPresent(path) != nil { return }
        try FileSystem.makeDirectories(PathText.parent(of: path))
        let directory = try FileDescriptor.directory(PathText.parent(of: path))
        let name = PathText.name(of: path)
        let temporary = ".\(name).\(RandomName.make())"
        try directory.makeDirectory(temporary, mode: 0o700)
        do {
            if let seed {
                let mounted = try workshop.mount(seed, for: "a cache")
                guard mounted.isDirectory else {
                    throw ExecError(
                        .invalidRequest,
                        "cannot begin a cache with \(seed.path): it is no directory in the stage or image")
                }
                try CacheDirectory.copy(
                    try FileDescriptor.directory(mounted.source),
                    into: try directory.open(temporary, [.readOnly, .directory, .noFollow]))
            }
            try directory.changeOwner(uid: access.uid, gid: access.gid, of: temporary)
            try directory.changeMode(access.mode & 0o7777, of: temporary)
            try directory.rename(temporary, to: name, in: directory)
        } catch {
            try? directory.removeTree(temporary)
            // Somebody else may have been faster.
            if try FileSystem.statusIfPresent(path) == nil { throw error }
        }
    }

    /// Copies files, links and directories with mode, owner and time; caches need no more.
    private static func copy(
        _ source: borrowing FileDescriptor, into target: borrowing FileDescriptor
    ) throws {
        for entry in try source.entries() {
            let name = entry.name
            let status = try source.status(of: name)
            switch status.kind {
            case .directory:
                try target.makeDirectory(name, mode: 0o700)
                try copy(
                    try source.open(name, [.readOnly, .directory, .noFollow]),
                    into: try target.open(name, [.readOnly, .directory, .noFollow]))
            case .file:
                let from = FileStream(try source.open(name, [.readOnly, .noFollow]))
                let to = try target.open(name, [.writeOnly, .create, .exclusive], mode: 0o600)
                var buffer = [UInt8](repeating: 0, count: 1 << 18)
                while case let got = try from.read(into: &buffer), got > 0 { try to.write(buffer[..<got]) }
            case .link:
                try target.makeLink(name, to: try source.linkTarget(of: name))
                try target.changeOwner(uid: status.uid, gid: status.gid, of: name)
                continue
            case .fifo, .socket, .characterDevice, .blockDevice, .unknown: continue
            }
            try target.changeOwner(uid: status.uid, gid: status.gid, of: name)
            try target.changeMode(status.mode, of: name)
            try target.changeTime(status.modified, of: name)
        }
    }
}
