internal import ChalkOCI
internal import ChalkRegistry
private import Synchronization

/// Gathers what the blobs of one push or pull take, and tells of each; from many threads.
final class TransferBoard: Sendable {
    private let direction: TransferReport.Direction
    private let report: @Sendable (TransferReport) -> Void
    private let sums = Mutex((skipped: Int64(0), mounted: Int64(0)))

    init(_ direction: TransferReport.Direction, _ report: @escaping @Sendable (TransferReport) -> Void) {
        self.direction = direction
        self.report = report
    }

    /// A blob begins to move.
    func pace(_ blob: Descriptor, after start: Int64 = 0) -> TransferPace {
        TransferPace(blob, direction, after: start, report)
    }

    /// A blob that need not move.
    func skip(_ blob: Descriptor, mounted: Bool = false) {
        sums.withLock { sums in
            if mounted { sums.mounted += blob.size } else { sums.skipped += blob.size }
        }
        report(
            TransferReport(
                direction: direction, digest: blob.digest, done: blob.size, total: blob.size,
                skipped: !mounted, mounted: mounted))
    }

    /// Everything so far, with what a client has counted.
    func totals(_ traffic: TrafficMeter.Counts) -> TransferTotals {
        let (skipped, mounted) = sums.withLock { $0 }
        return TransferTotals(
            bytesSent: traffic.sent, bytesReceived: traffic.received, bytesSkipped: skipped,
            bytesMounted: mounted, retries: traffic.retries, requests: traffic.requests)
    }
}
