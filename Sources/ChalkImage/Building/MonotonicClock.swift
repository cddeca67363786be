/// Seconds since some fixed moment, for durations that people are shown.
enum MonotonicClock {
    private static let start = ContinuousClock.now

    static var now: Double {
        let parts = start.duration(to: .now).components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}
