internal import ChalkSystem

/// The control groups that the runtime makes for one step: the same name directly below every hierarchy. Those of a
/// container are called after it, so that whoever looks next can remove them.
///
/// The keeper removes them, so that they go even when the runtime or the launcher was killed.
struct Cgroup {
    let name: String

    private static let root = "/sys/fs/cgroup"

    /// A name that nobody else has.
    static func randomName() -> String { "chalk-image-\(CurrentProcess.id)-\(RandomName.make())" }

    /// The path for the bundle.
    var path: String { "/" + name }

    /// Sees that limits can be kept.
    ///
    /// - Parameter cgroup: the step's; nil where it has none.
    static func check(_ limits: StepLimits, of cgroup: Cgroup?) throws(ExecError) {
        guard let first = limits.controllers.first else { return }
        guard cgroup != nil else {
            throw ExecError(
                .invalidRequest,
                "cannot limit the step's \(first): without root it has no control group of its own;"
                    + " run as root, or leave the limit out")
        }
        let second = (try? FileSystem.read(root + "/cgroup.controllers", limit: 4096)) ?? []
        let there = String(decoding: second, as: UTF8.self).split { $0 == " " || $0 == "\n" }.map(String.init)
        for name in limits.controllers where !there.contains(name) {
            if (try? FileSystem.statusIfPresent("\(root)/\(name)")) ?? nil != nil { continue }
            throw ExecError(
                .invalidRequest,
                "cannot limit the step's \(name): \(root) has no such controller here; leave the limit out")
        }
    }

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

    /// Whether the kernel has killed a process of it because the group had no more memory to give.
    func ranOutOfMemory() -> Bool {
        let files = [
            "\(Cgroup.root)/\(name)/memory.events", "\(Cgroup.root)/memory/\(name)/memory.oom_control",
        ]
        return files.contains { file in
            let text = (try? FileSystem.read(file, limit: 4_096)) ?? []
            let line = text.split(separator: 0x0A).first { $0.starts(with: Array("oom_kill ".utf8)) }
            return line.map { String(decoding: $0.dropFirst(9), as: UTF8.self) != "0" } ?? false
        }
    }

    /// Hides what crun 1.8 refuses on a host that has both versions of control groups: the second hierarchy, or
    /// all of them without root, where mounts of the host can be covered but not taken away. For a mount namespace
    /// of one's own. The host's directories must stay: removing one would unmount it everywhere.
    static func hideHybridHierarchy(from runtime: String, rootless: Bool) throws {
        let second = root + "/unified"
        guard PathText.name(of: runtime).hasPrefix("crun"),
            try FileSystem.statusIfPresent(second) != nil
        else { return }
        if rootless {
            try Mount.mount("tmpfs", on: root, type: "tmpfs", [.readOnly], options: "mode=0755")
        } else {
            try Mount.detach(second)
        }
    }
}
