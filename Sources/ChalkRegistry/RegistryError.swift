/// A transfer that did not happen: what was being done with which registry, why it failed, how to go on.
package struct RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: Hashable, Sendable {
        /// The registry does not have it (404).
        case notFound
        /// The registry wants credentials, other ones, or the token service refused (401).
        case unauthorized
        /// The account may not do this (403).
        case denied
        /// Too many requests (429), after all retries.
        case rateLimited
        /// Another answer in the 400s.
        case refused
        /// An answer in the 500s, after all retries.
        case server
        /// No connection, or one that was cut, after all retries.
        case network
        /// The other side said nothing for too long.
        case timedOut
        /// The other side's certificate is not good, or TLS could not be agreed.
        case certificate
        /// The other side does not speak HTTP/1.1 or the distribution API as their specifications say.
        case protocolViolation
        /// What came is not what its digest says.
        case digestMismatch
        /// What came is larger than the limit.
        case tooLarge
        /// The local content that was to be sent is not what its descriptor says.
        case content
        /// The request could not be made from what was given.
        case invalidRequest
    }

    /// What kind of failure it is.
    package let code: Code
    /// One lower-case sentence without secrets.
    package let description: String

    /// An error from its parts.
    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// A failure below the level at which it is known what was being done: the reason part of a ``RegistryError``.
struct Fault: Error, Hashable, Sendable {
    let code: RegistryError.Code
    /// Words that follow "cannot push …: ".
    var reason: String
    /// What to do about it, where more can be said than the code says.
    var remedy: String?
    /// Whether the same request may well succeed a little later.
    var isTransient = false
    /// How long the other side asked to wait.
    var retryAfter: Duration?
    /// The status of the answer, where there was one.
    var status: Int?
    /// Whether the other side was asked for TLS and answered like one that knows none.
    var speaksNoTLS = false

    init(
        _ code: RegistryError.Code, _ reason: String, remedy: String? = nil, isTransient: Bool = false,
        retryAfter: Duration? = nil, status: Int? = nil
    ) {
        self.code = code
        self.reason = reason
        self.remedy = remedy
        self.isTransient = isTransient
        self.retryAfter = retryAfter
        self.status = status
    }

    static func violation(_ reason: String) -> Fault { Fault(.protocolViolation, reason) }

    /// The whole error for a user; `operation` follows "cannot ".
    func whole(_ operation: String) -> RegistryError {
        let hint = remedy ?? (isTransient ? "try again" : nil)
        return RegistryError(code, "cannot \(operation): \(reason)" + (hint.map { "; \($0)" } ?? ""))
    }
}
