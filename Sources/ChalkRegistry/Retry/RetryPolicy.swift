/// How often, after which waits and after which failures a request is tried again; the same words and numbers as
/// the SDK's RetryPolicy. A whole number in its place means ``exponential(attempts:initial:multiplier:maxWait:jitter:retryOn:)``
/// with so many attempts.
///
/// A `Retry-After` of the other side is never undercut. Answers in the 400s but 408, 425 and 429 are final.
public struct RetryPolicy: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// What may pass when it is tried again.
    public enum Failure: Hashable, Sendable, CaseIterable {
        /// Too many requests (429).
        case rateLimited
        /// An answer that says "not now" (408, 425, 500, 502, 503, 504).
        case server
        /// A connection that could not be made again, or was cut.
        case connection
        /// The other side kept silent for too long.
        case timeout
    }

    /// Retries, not counting the first call.
    public var attempts: Int
    /// The wait before the first retry.
    public var initial: Duration
    /// What each wait is multiplied by for the next; 1 for a fixed delay.
    public var multiplier: Double
    /// No wait is longer.
    public var maxWait: Duration
    /// Whether waits are drawn at random between half and all of their length, so that many clients spread out.
    public var jitter: Bool
    /// Failures after which there is a retry.
    public var retryOn: Set<Failure>

    /// The longest Retry-After that is waited for; who asks for more gets no retry.
    static let longestRetryAfter = Duration.seconds(300)

    /// Waits that grow geometrically.
    public static func exponential(
        attempts: Int = 3, initial: Duration = .seconds(1), multiplier: Double = 2,
        maxWait: Duration = .seconds(60), jitter: Bool = true, retryOn: Set<Failure> = Set(Failure.allCases)
    ) -> RetryPolicy {
        RetryPolicy(
            attempts: attempts, initial: initial, multiplier: multiplier, maxWait: maxWait, jitter: jitter,
            retryOn: retryOn)
    }

    /// Waits of one length.
    public static func linear(
        attempts: Int = 3, delay: Duration = .seconds(1), jitter: Bool = false,
        retryOn: Set<Failure> = Set(Failure.allCases)
    ) -> RetryPolicy {
        RetryPolicy(
            attempts: attempts, initial: delay, multiplier: 1, maxWait: delay, jitter: jitter,
            retryOn: retryOn)
    }

    /// Exponential waits, so many of them.
    public init(integerLiteral attempts: Int) {
        self = .exponential(attempts: attempts)
    }

    private init(
        attempts: Int, initial: Duration, multiplier: Double, maxWait: Duration, jitter: Bool,
        retryOn: Set<Failure>
    ) {
        self.attempts = attempts
        self.initial = initial
        self.multiplier = multiplier
        self.maxWait = maxWait
        self.jitter = jitter
        self.retryOn = retryOn
    }

    /// How long to wait before retry number `retry` (from 1); nil when there is to be none.
    ///
    /// - Parameter retryAfter: what the other side asked for; never undercut.
    package func wait(
        beforeRetry retry: Int, retryAfter: Duration? = nil, using random: inout some RandomNumberGenerator
    ) -> Duration? {
        guard retry >= 1, retry <= attempts else { return nil }
        var seconds = RetryPolicy.seconds(initial)
        let most = RetryPolicy.seconds(maxWait)
        for _ in 1..<retry where seconds < most { seconds *= multiplier }
        seconds = max(0, min(seconds, most))
        if jitter, seconds > 0 { seconds = Double.random(in: seconds / 2...seconds, using: &random) }
        let own = Duration.seconds(seconds)
        guard let retryAfter else { return own }
        return retryAfter > RetryPolicy.longestRetryAfter ? nil : max(own, retryAfter)
    }

    private static func seconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }
}

/// The Retry-After field (RFC 9110 section 10.2.3).
enum RetryAfter {
    /// The wait that a value asks for at `now` (seconds since 1970); nil when it cannot be read.
    static func parse(_ value: String, now: Int64) -> Duration? {
        if !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // More digits than fit are surely more than anybody waits.
            return .seconds(Int64(value).map { min($0, 1_000_000_000) } ?? 1_000_000_000)
        }
        guard let date = httpDate(value) else { return nil }
        return .seconds(max(0, date - now))
    }

    /// Seconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT`; the two obsolete forms are not read.
    private static func httpDate(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3]),
            (1970...9999).contains(year)
        else { return nil }
        let time = parts[4].split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) ?? -1 }
        guard time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]),
            (0...60).contains(time[2])
        else { return nil }
        let m = Int64(month) + 1
        let y = m <= 2 ? year - 1 : year
        // Days since 1970 of a civil date, counted in eras of 400 years from 0000-03-01.
        let yearOfEra = y % 400
        let dayOfYear = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + day - 1
        let days = y / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
    }
}
