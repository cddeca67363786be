/// Where a redirect may lead (RFC 9110 section 15.4).
struct RedirectPolicy: Hashable, Sendable {
    /// Most redirects of one request.
    var limit = 10

    /// What is sent next.
    struct Step: Hashable, Sendable {
        let url: HTTPURL
        /// Whether credentials and cookies of the request stay with it.
        let keepsCredentials: Bool
    }

    /// The step that an answer asks for; nil when it is no redirect.
    ///
    /// - Parameter followed: redirects of this request so far.
    func step(
        after head: HTTPResponseHead, to method: String, at url: HTTPURL, followed: Int
    ) throws(Fault) -> Step? {
        guard [301, 302, 303, 307, 308].contains(head.status) else { return nil }
        // Some answers in the 300s (304, 300) are no redirects, and so is a 30x without a Location.
        guard let location = head.headers["Location"] else { return nil }
        guard followed < limit else { throw .violation("it redirects more than \(limit) times") }
        if head.status == 303, method != "GET", method != "HEAD" {
            throw .violation("it answers \(method) with a redirect to another method (303)")
        }
        guard let next = url.resolving(location) else {
            throw .violation("it redirects to something that is not an HTTP URL")
        }
        if url.origin.isSecure, !next.origin.isSecure {
            throw Fault(
                .protocolViolation, "it redirects from https to http (\(next.origin))",
                remedy: "the registry must redirect to https")
        }
        return Step(url: next, keepsCredentials: next.origin == url.origin)
    }
}
