internal import ChalkSystem

/// Layers mounted as one tree (kernel documentation, filesystems/overlayfs.rst).
///
/// The options of one mount must fit a page, and paths may hold the bytes that separate them, so every directory
/// goes by a short name: a link in a directory that is the working directory meanwhile.
struct OverlayMount {
    /// A directory for the links, which the worker made.
    let names: String
    /// Whether attributes are kept as `user.overlay.*`, which is all an ordinary user may write.
    let userXattr: Bool

    /// The most layers the kernel takes.
    static let limit = 500

    /// Mounts `lowers`, nearest first, read-only. At least two.
    func mount(lowers: [String], on target: String) throws(ExecError) {
        try mount(lowers: lowers, upper: nil, on: target)
    }

    /// Mounts `lowers` with `upper` and `work`, which share a file system, to take the changes. At least one lower.
    func mount(lowers: [String], upper: String, work: String, on target: String) throws(ExecError) {
        try mount(lowers: lowers, upper: (upper, work), on: target)
    }

    private func mount(
        lowers: [String], upper: (changes: String, work: String)?, on target: String
    ) throws(ExecError) {
        guard lowers.count <= OverlayMount.limit else {
            throw ExecError(
                .mountFailed,
                "cannot mount \(lowers.count) layers on each other: the kernel takes \(OverlayMount.limit);"
                    + " use a base with fewer, or join steps")
        }
        do {
            let directory = try FileDescriptor.directory(names)
            for entry in try directory.entries() { try directory.removeFile(entry.name) }
            var options = "lowerdir=" + lowers.indices.map { String($0) }.joined(separator: ":")
            for (index, lower) in lowers.enumerated() { try directory.makeLink(String(index), to: lower) }
            if let upper {
                try directory.makeLink("u", to: upper.changes)
                try directory.makeLink("w", to: upper.work)
                options += ",upperdir=u,workdir=w"
            }
            // Attributes of a foreign layer must not lead anywhere.
            options += ",index=off,metacopy=off,redirect_dir=nofollow" + (userXattr ? ",userxattr" : "")
            try CurrentProcess.changeDirectory(names)
            do {
                // The changes are copied to a layer before anybody relies on them, so syncing them would be lost
                // work; dpkg asks for it after every file. Kernels before 5.10 do not know the option.
                let extra = upper == nil ? "" : ",volatile"
                try Mount.mount(
                    "overlay", on: target, type: "overlay", [.noDevices], options: options + extra)
            } catch  where upper != nil && error.code == 22 {
                try Mount.mount("overlay", on: target, type: "overlay", [.noDevices], options: options)
            }
            try CurrentProcess.changeDirectory("/")
        } catch {
            throw explain(error)
        }
    }

    private func explain(_ error: SystemError) -> ExecError {
        let hint =
            switch error.code {
            case 22:  // EINVAL
                "the store's file system cannot carry overlayfs changes (it is itself an overlay, or has no"
                    + " extended attributes); choose a store elsewhere with --store"
            case 1 where userXattr:  // EPERM
                "overlayfs without root needs Linux 5.11 or newer; run as root"
            case 19:  // ENODEV
                "the kernel has no overlayfs; as root: modprobe overlay"
            default:
                "see the kernel's log for more"
            }
        return ExecError(.mountFailed, "cannot mount the layers on each other: \(error.reason); \(hint)")
    }
}
