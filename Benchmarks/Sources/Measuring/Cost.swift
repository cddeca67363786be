/// What work cost, besides time.
struct Cost: Codable, Hashable {
    /// Seconds of all processes, user and system.
    var cpu: Double
    /// Bytes: the most memory that was resident. For one process what the kernel counted as its highest; of a tree
    /// of processes the largest one; of a pipeline the sum over its commands; of work in turn the largest.
    var peak: Int
    /// Bytes that the processes and their children made dirty in files (`write_bytes` of `/proc/PID/io`), whether or
    /// not a file still exists at the end; nil where the kernel does not count.
    var written: Int?

    static let nothing = Cost(cpu: 0, peak: 0, written: 0)

    /// Both at the same time: a pipeline, or a client and its daemon.
    func beside(_ other: Cost) -> Cost {
        Cost(cpu: cpu + other.cpu, peak: peak + other.peak, written: sum(written, other.written))
    }

    /// One after the other.
    func then(_ other: Cost) -> Cost {
        Cost(cpu: cpu + other.cpu, peak: max(peak, other.peak), written: sum(written, other.written))
    }

    private func sum(_ left: Int?, _ right: Int?) -> Int? {
        guard let left, let right else { return nil }
        return left + right
    }
}
