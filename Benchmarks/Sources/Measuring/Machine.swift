import FoundationEssentials
import Glibc

/// What the figures were measured on.
struct Machine: Codable, Hashable {
    var processor: String
    var cores: Int
    /// GiB, rounded.
    var memory: Int
    var kernel: String
    var system: String
    /// Of the directory where everything happened.
    var fileSystem: String

    /// This one.
    static func current(work: String) -> Machine {
        Machine(
            processor: line("/proc/cpuinfo", "model name").map { $0.drop { $0 == ":" || $0 == " " } }
                .map(String.init) ?? "unknown",
            cores: cores,
            memory: (line("/proc/meminfo", "MemTotal:").flatMap { Int($0.prefix { $0.isNumber }) } ?? 0)
                / 1_000_000,
            kernel: (try? Files.text("/proc/sys/kernel/osrelease"))?.trimmed ?? "unknown",
            system: line("/etc/os-release", "PRETTY_NAME=")?.filter { $0 != "\"" } ?? "unknown",
            fileSystem: fileSystem(of: work))
    }

    static var cores: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private static func line(_ path: String, _ key: String) -> String? {
        guard let text = try? Files.text(path) else { return nil }
        return text.split(separator: "\n").first { $0.hasPrefix(key) }?.dropFirst(key.count).description
            .trimmed
    }

    /// The type of the longest mount point that is a prefix.
    private static func fileSystem(of path: String) -> String {
        var longest = (point: "", type: "unknown")
        for line in ((try? Files.text("/proc/self/mounts")) ?? "").split(separator: "\n") {
            let fields = line.split(separator: " ").map(String.init)
            guard fields.count > 2, fields[1].count > longest.point.count else { continue }
            if fields[1] == "/" || "\(path)/".hasPrefix(fields[1] + "/") { longest = (fields[1], fields[2]) }
        }
        return longest.type
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
