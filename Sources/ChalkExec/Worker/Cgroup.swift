internal import ChalkSystem

/// The control groups that the runtime makes for one step: the same name directly below every hierarchy.
///
/// The keeper removes them, so that they go even when the runtime or the launcher was killed.
struct Cgroup {
    let name: String

    private static let root = "/sys/fs/cgroup"

    /// The path for the bundle.
    var path: String { "/" + name }

    /// Removes what is there; all processes in it have ended.
    func remove() {
        guard let root = try? FileDescriptor.directory(Cgroup.root), let entries = try? root.entries() else {
            return
        }
        try? root.removeDirectory(name)
        for entry in entries where entry.kind == .directory {
            if let hierarchy = try? root.open(entry.name, [.readOnly, .directory, .noFollow]) {
                try? hierarchy.removeDirectory(name)
            }
        }
    }

    /// Hides the second hierarchy of a host that has both versions, which crun 1.8 refuses. For a mount namespace
    /// of one's own.
    static func hideHybridHierarchy() {
        if (try? FileSystem.statusIfPresent(root + "/unified")) != nil { try? Mount.detach(root + "/unified") }
    }
}
