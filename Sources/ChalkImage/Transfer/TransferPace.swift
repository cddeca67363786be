internal import ChalkOCI
private import Synchronization

/// Tells of a blob's progress once for every hundredth of it, not for every buffer.
final class TransferPace: Sendable {
    private let blob: Descriptor
    private let direction: TransferReport.Direction
    private let report: @Sendable (TransferReport) -> Void
    private let began = MonotonicClock.now
    private let start: Int64
    private let next: Mutex<Int64>

    /// - Parameter start: bytes that an earlier attempt has moved.
    init(
        _ blob: Descriptor, _ direction: TransferReport.Direction, after start: Int64,
        _ report: @escaping @Sendable (TransferReport) -> Void
    ) {
        self.blob = blob
        self.direction = direction
        self.start = start
        self.report = report
        next = Mutex(start)
    }

    /// Takes the number of bytes so far; the last report is ``finish()``'s.
    func show(_ done: Int64) {
        let isDue = next.withLock { next in
            guard done >= next, done < blob.size else { return false }
            next = done + max(1 << 20, blob.size / 100)
            return true
        }
        if isDue { tell(done) }
    }

    /// The blob has moved.
    func finish() { tell(blob.size) }

    private func tell(_ done: Int64) {
        let seconds = MonotonicClock.now - began
        let rate = seconds > 0.001 ? Int64(Double(max(0, done - start)) / seconds) : nil
        report(
            TransferReport(
                direction: direction, digest: blob.digest, done: done, total: blob.size, bytesPerSecond: rate)
        )
    }
}
