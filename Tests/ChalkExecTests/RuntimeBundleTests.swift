import ChalkOCI
import Testing

@testable import ChalkExec

struct RuntimeBundleTests {
    private let bundle = RuntimeBundle(
        root: "/r", arguments: ["sh", "-c", "a b"], environment: ["A=1"], workingDirectory: "/w", uid: 7,
        gid: 8,
        groups: [9, 10], hostname: "h", ownNetwork: false, rootless: false, capabilities: ["CAP_CHOWN"],
        mounts: [.init("/etc/hosts", type: "bind", source: "/s", options: ["rbind", "rw"])],
        cgroupPath: "/chalk", terminal: false)

    @Test func literally() {
        let text = String(decoding: bundle.config.canonical(), as: UTF8.self)
        #expect(
            text == """
                {"hostname":"h","linux":{"cgroupsPath":"/chalk","maskedPaths":["/proc/acpi","/proc/asound",\
                "/proc/kcore","/proc/keys","/proc/latency_stats","/proc/timer_list","/proc/timer_stats",\
                "/proc/sched_debug","/proc/scsi","/sys/firmware","/sys/devices/virtual/powercap"],\
                "namespaces":[{"type":"pid"},{"type":"ipc"},{"type":"uts"},{"type":"mount"}],\
                "readonlyPaths":["/proc/bus","/proc/fs","/proc/irq","/proc/sys","/proc/sysrq-trigger"],\
                "resources":{"devices":[{"access":"rwm","allow":false}]}},\
                "mounts":[{"destination":"/proc","options":["nosuid","noexec","nodev"],"source":"proc","type":"proc"},\
                {"destination":"/dev","options":["nosuid","strictatime","mode=755","size=65536k"],"source":"tmpfs",\
                "type":"tmpfs"},{"destination":"/dev/pts","options":["nosuid","noexec","newinstance",\
                "ptmxmode=0666","mode=0620","gid=5"],"source":"devpts","type":"devpts"},\
                {"destination":"/sys","options":["nosuid","noexec","nodev","ro"],"source":"sysfs","type":"sysfs"},\
                {"destination":"/dev/shm","options":["nosuid","noexec","nodev","mode=1777","size=65536k"],\
                "source":"shm","type":"tmpfs"},{"destination":"/dev/mqueue","options":["nosuid","noexec","nodev"],\
                "source":"mqueue","type":"mqueue"},\
                {"destination":"/etc/hosts","options":["rbind","rw"],"source":"/s","type":"bind"}],\
                "ociVersion":"1.0.2","process":{"args":["sh","-c","a b"],"capabilities":{"bounding":["CAP_CHOWN"],\
                "effective":["CAP_CHOWN"],"permitted":["CAP_CHOWN"]},"cwd":"/w","env":["A=1"],\
                "noNewPrivileges":false,"terminal":false,"user":{"additionalGids":[9,10],"gid":8,"uid":7,"umask":18}},\
                "root":{"path":"/r","readonly":false}}
                """)
    }

    @Test(arguments: [
        (false, false, "sysfs"), (false, true, "sysfs"), (true, false, "bind"), (true, true, "sysfs"),
    ])
    func systemFiles(rootless: Bool, ownNetwork: Bool, type: String) throws {
        var bundle = bundle
        bundle.rootless = rootless
        bundle.ownNetwork = ownNetwork
        let mounts = try #require(bundle.config["mounts"]?.array)
        #expect(mounts.first { $0["destination"]?.string == "/sys" }?["type"]?.string == type)
        let kinds = try #require(bundle.config["linux"]?["namespaces"]?.array).compactMap {
            $0["type"]?.string
        }
        #expect(kinds.contains("network") == ownNetwork)
        #expect((bundle.config["linux"]?["resources"] == nil) == rootless)
    }
}
