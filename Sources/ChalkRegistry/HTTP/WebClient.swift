package import ChalkSystem

/// Fetches files from web servers, for ADD. Blocks; may be used from many threads.
///
/// Calls throw ``RegistryError``, ``Cancellation/Cancelled``, and what sinks throw.
package final class WebClient: Sendable {
    private let options: RegistryOptions
    private let cancellation: Cancellation
    private let http: HTTPClient

    /// What is known of a file from an earlier answer.
    package struct Version: Hashable, Sendable {
        /// The ETag field as it came, weak or not.
        package var entityTag: String?
        /// The Last-Modified field as it came.
        package var lastModified: String?

        package init(entityTag: String?, lastModified: String?) {
            self.entityTag = entityTag
            self.lastModified = lastModified
        }

        init(_ headers: HTTPHeaders) {
            self.init(entityTag: headers["ETag"], lastModified: headers["Last-Modified"])
        }

        /// Whether another answer tells of the same content: weak tags count, as BuildKit counts them.
        package func isSame(as other: Version) -> Bool {
            if let tag = entityTag, let otherTag = other.entityTag {
                return Version.strong(tag) == Version.strong(otherTag)
            }
            return entityTag == nil && other.entityTag == nil && lastModified != nil
                && lastModified == other.lastModified
        }

        private static func strong(_ tag: String) -> Substring {
            tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
        }
    }

    /// A client; connects to nobody yet.
    package init(options: RegistryOptions, cancellation: Cancellation) {
        self.options = options
        self.cancellation = cancellation
        http = HTTPClient(options, cancellation)
    }

    /// Whether the file at a URL is still the one that is known, from its head alone.
    package func isUnchanged(_ url: String, since known: Version) throws -> Bool {
        try naming(url) { request in
            var request = request
            request.method = "HEAD"
            request.add(known)
            let response = try http.send(request)
            response.body.discard()
            if response.status == 304 { return true }
            return response.status == 200 && Version(response.head.headers).isSame(as: known)
        }
    }

    /// Moves the file at a URL into a sink, unless it is the one that is known.
    ///
    /// - Parameter sink: called for each attempt; what came of earlier ones is to be forgotten.
    /// - Returns: what is known of what came; nil where nothing came, for it is the known one.
    package func fetch(
        _ url: String, unless known: Version?, into sink: () throws -> any ByteSink
    ) throws -> Version? {
        try naming(url) { request in
            var request = request
            if let known { request.add(known) }
            let response = try http.send(request)
            let version = Version(response.head.headers)
            if let known, response.status == 304 || (response.status == 200 && version.isSame(as: known)) {
                return nil
            }
            guard response.status == 200 else {
                throw Fault.answered(
                    response, by: response.url.origin.authority, secret: nil, now: options.clock.now())
            }
            let target = try sink()
            var buffer = [UInt8](repeating: 0, count: 262_144)
            while case let got = try response.body.read(into: &buffer), got > 0 {
                try target.write(buffer[..<got])
            }
            return version
        }
    }

    /// Runs `body`, again after failures that may pass, and gives its failures their whole sentence.
    private func naming<T>(_ text: String, _ body: (HTTPRequest) throws -> T) throws -> T {
        guard let address = WebAddress(text), let url = HTTPURL(address.url) else {
            throw RegistryError(
                .invalidRequest, "cannot fetch \"\(PlainText.clean(text))\": it is not an HTTP URL")
        }
        var request = HTTPRequest(
            method: "GET", url: url, headers: HTTPHeaders(), body: nil, answerTimeout: options.timeouts.answer
        )
        request.headers["Authorization"] = address.authorization
        var budget = RetryBudget(options, cancellation)
        do {
            while true {
                do {
                    return try body(request)
                } catch let fault as Fault {
                    try budget.wait(after: fault)
                }
            }
        } catch let fault as Fault {
            throw fault.whole("fetch \(url)")
        }
    }
}

extension HTTPRequest {
    /// Asks for another version only.
    fileprivate mutating func add(_ known: WebClient.Version) {
        if let tag = known.entityTag {
            headers["If-None-Match"] = tag
        } else if let date = known.lastModified {
            headers["If-Modified-Since"] = date
        }
    }
}
