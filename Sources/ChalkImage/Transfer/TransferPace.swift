internal import ChalkOCI
private import Synchronization

/// Tells of a transfer's progress once for every hundredth of it, not for every buffer.
final class TransferPace: Sendable {
    private let blob: Descriptor
    private let direction: TransferReport.Direction
    private let report: @Sendable (TransferReport) -> Void
    private let next = Mutex<Int64>(0)

    init(
        _ blob: Descriptor, _ direction: TransferReport.Direction,
        _ report: @escaping @Sendable (TransferReport) -> Void
    ) {
        self.blob = blob
        self.direction = direction
        self.report = report
    }

    /// Takes the number of bytes so far; the last report is the caller's.
    func show(_ done: Int64) {
        let isDue = next.withLock { next in
            guard done >= next, done < blob.size else { return false }
            next = done + max(1 << 20, blob.size / 100)
            return true
        }
        if isDue {
            report(TransferReport(direction: direction, digest: blob.digest, done: done, total: blob.size))
        }
    }
}
