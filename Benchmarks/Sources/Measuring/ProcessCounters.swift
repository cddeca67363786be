import Glibc

/// What `/proc` says of a process.
enum ProcessCounters {
    /// Bytes that it, and its children that have been waited for, made dirty in files.
    static func written(_ id: pid_t) -> Int? { number(after: "\nwrite_bytes:", in: "/proc/\(id)/io") }

    /// The most memory that was resident since `forgetPeak`, in bytes.
    static func peak(_ id: pid_t) -> Int? {
        number(after: "\nVmHWM:", in: "/proc/\(id)/status").map { $0 * 1_024 }
    }

    /// Seconds of processor time.
    static func cpu(_ id: pid_t) -> Double? {
        // The name, second field, may hold blanks; it ends with the last parenthesis.
        guard let text = try? Files.text("/proc/\(id)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[end...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            return nil
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Starts the peak of a process anew. A child inherits its parent's, so that this is also for ourselves.
    static func forgetPeak(_ id: pid_t) { try? Files.write("5", to: "/proc/\(id)/clear_refs") }

    private static func number(after key: String, in path: String) -> Int? {
        guard let text = try? Files.text(path), let key = text.firstRange(of: key) else { return nil }
        return Int(text[key.upperBound...].drop { $0 == " " || $0 == "\t" }.prefix { $0.isNumber })
    }
}
