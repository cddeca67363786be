internal import ChalkOCI

/// What the OCI runtime is told about a process and its surroundings: `config.json` of an OCI bundle
/// (runtime-spec 1.0, config.md and config-linux.md), as a pure function of these values.
struct RuntimeBundle: Hashable, Sendable {
    /// One entry of `mounts`.
    struct MountEntry: Hashable, Sendable {
        /// Absolute path inside.
        var destination: String
        /// File system type; `bind` for binds.
        var type: String
        /// Absolute host path for binds.
        var source: String
        /// As `mount -o` has them.
        var options: [String]

        /// An entry from its parts.
        init(_ destination: String, type: String, source: String, options: [String]) {
            self.destination = destination
            self.type = type
            self.source = source
            self.options = options
        }
    }

    /// Absolute path of the root file system.
    var root: String
    /// Program and arguments.
    var arguments: [String]
    /// `NAME=value`.
    var environment: [String]
    /// Absolute path inside.
    var workingDirectory: String
    /// User id inside.
    var uid: UInt32
    /// Group id inside.
    var gid: UInt32
    /// Supplementary group ids inside.
    var groups: [UInt32]
    /// Host name inside.
    var hostname: String
    /// Whether it has a network of its own instead of the host's.
    var ownNetwork: Bool
    /// Whether it runs in a user namespace that is already there.
    var rootless: Bool
    /// Names like `CAP_CHOWN`.
    var capabilities: [String]
    /// What is mounted after the standard file systems, in order.
    var mounts: [MountEntry]
    /// Path below the cgroup mounts; nil to use none.
    var cgroupPath: String?
    /// Whether it gets a terminal.
    var terminal: Bool
    /// How much of the machine it may use.
    var limits = StepLimits()

    /// The capabilities that Docker gives by default, in the order of their numbers.
    static let defaultCapabilities: [(name: String, number: Int)] = [
        ("CAP_CHOWN", 0), ("CAP_DAC_OVERRIDE", 1), ("CAP_FOWNER", 3), ("CAP_FSETID", 4), ("CAP_KILL", 5),
        ("CAP_SETGID", 6), ("CAP_SETUID", 7), ("CAP_SETPCAP", 8), ("CAP_NET_BIND_SERVICE", 10),
        ("CAP_NET_RAW", 13), ("CAP_SYS_CHROOT", 18), ("CAP_MKNOD", 27), ("CAP_AUDIT_WRITE", 29),
        ("CAP_SETFCAP", 31),
    ]

    /// The JSON of `config.json`.
    var config: JSON {
        .object(present: [
            ("ociVersion", .string("1.0.2")),
            ("process", process),
            ("root", .object([.init("path", .string(root)), .init("readonly", .bool(false))])),
            ("hostname", .string(hostname)),
            ("mounts", .array((standardMounts + mounts).map(RuntimeBundle.json))),
            ("linux", linux),
        ])
    }

    private var process: JSON {
        let set = JSON.strings(capabilities)
        return .object(present: [
            ("terminal", .bool(terminal)),
            ("user", RuntimeBundle.user(uid: uid, gid: gid, groups: groups)),
            ("args", .strings(arguments)),
            ("env", .strings(environment)),
            ("cwd", .string(workingDirectory)),
            (
                "capabilities",
                .object([.init("bounding", set), .init("effective", set), .init("permitted", set)])
            ),
            ("rlimits", limits.runtimeRlimits),
            ("noNewPrivileges", .bool(false)),
        ])
    }

    private static func user(uid: UInt32, gid: UInt32, groups: [UInt32]) -> JSON {
        .object(present: [
            ("uid", .integer(Int64(uid))), ("gid", .integer(Int64(gid))), ("umask", .integer(0o022)),
            ("additionalGids", groups.isEmpty ? nil : .array(groups.map { .integer(Int64($0)) })),
        ])
    }

    /// `process.user` for somebody.
    static func user(_ user: StepUser) -> JSON {
        RuntimeBundle.user(uid: user.uid, gid: user.gid, groups: user.allGroups)
    }

    private var standardMounts: [MountEntry] {
        // A new sysfs belongs to the network namespace, so without root it needs one of its own.
        let system =
            rootless && !ownNetwork
            ? MountEntry(
                "/sys", type: "bind", source: "/sys", options: ["rbind", "nosuid", "noexec", "nodev", "ro"])
            : MountEntry(
                "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"])
        return [
            MountEntry("/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
            MountEntry(
                "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            MountEntry(
                "/dev/pts", type: "devpts", source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            system,
            MountEntry(
                "/dev/shm", type: "tmpfs", source: "shm",
                options: [
                    "nosuid", "noexec", "nodev", "mode=1777",
                    limits.sharedMemory.map { "size=\($0)" } ?? "size=65536k",
                ]),
            MountEntry(
                "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"]),
        ]
    }

    private var linux: JSON {
        let kinds = ["pid", "ipc", "uts", "mount"] + (ownNetwork ? ["network"] : [])
        return .object(present: [
            ("namespaces", .array(kinds.map { .object([.init("type", .string($0))]) })),
            ("cgroupsPath", cgroupPath.map { .string($0) }),
            (
                "resources",
                rootless ? nil : .object(present: [("devices", devices)] + limits.runtimeResources)
            ),
            (
                "maskedPaths",
                .strings([
                    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
                    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
                    "/sys/firmware", "/sys/devices/virtual/powercap",
                ])
            ),
            (
                "readonlyPaths",
                .strings(["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"])
            ),
        ])
    }

    /// Nobody but the runtime's own list of harmless devices; without root nobody can make others anyway.
    private var devices: JSON {
        .array([.object([.init("allow", .bool(false)), .init("access", .string("rwm"))])])
    }

    private static func json(_ mount: MountEntry) -> JSON {
        .object([
            .init("destination", .string(mount.destination)), .init("type", .string(mount.type)),
            .init("source", .string(mount.source)), .init("options", .strings(mount.options)),
        ])
    }
}
