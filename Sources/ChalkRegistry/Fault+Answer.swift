internal import ChalkOCI

extension Fault {
    /// Most bytes of an error's body that are looked at.
    static let bodyLimit = 65_536

    /// The failure that an answer tells of.
    ///
    /// - Parameters:
    ///   - secret: an Authorization value; words of the other side that repeat it are left out.
    ///   - now: seconds since 1970, for Retry-After.
    static func answered(
        _ response: HTTPResponse, by whom: String, secret: String?, now: Int64
    ) -> Fault {
        // What cannot be read any more adds nothing.
        let bytes = (try? response.body.prefix(limit: bodyLimit)) ?? []
        // Servers that refuse a request early often leave the type out.
        let type = response.head.headers["Content-Type"] ?? "text/plain"
        var words = ErrorBody.summary(bytes, isText: type.lowercased().hasPrefix("text/plain"))
        if let text = words, let secret, ErrorBody.repeats(text, secret) { words = nil }
        return answered(
            response.head, words: words, by: whom, now: now)
    }

    /// The failure that an answer's head and the words of its body tell of.
    static func answered(
        _ head: HTTPResponseHead, words: String?, by whom: String, now: Int64
    ) -> Fault {
        let reason = "\(whom) answered \(head.status)" + (words.map { " (\($0))" } ?? "")
        var fault: Fault
        switch head.status {
        case 401:
            fault = Fault(
                .unauthorized, reason, remedy: "log in with an account that may do this")
        case 403: fault = Fault(.denied, reason, remedy: "check what the account may do there")
        case 404: fault = Fault(.notFound, reason)
        case 429:
            fault = Fault(.rateLimited, reason, remedy: "try again later", isTransient: true)
        case 408, 425, 500, 502, 503, 504: fault = Fault(.server, reason, isTransient: true)
        case 400..<500: fault = Fault(.refused, reason)
        case 500...: fault = Fault(.server, reason)
        default: fault = .violation(reason)
        }
        fault.retryAfter = head.headers["Retry-After"].flatMap { RetryAfter.parse($0, now: now) }
        fault.status = head.status
        return fault
    }
}

/// The JSON that registries explain errors with (distribution-spec, error codes).
enum ErrorBody {
    /// Up to three errors as "code: message" on one line; for text, its first words; nil for anything else.
    static func summary(_ bytes: [UInt8], isText: Bool) -> String? {
        if let json = try? JSON.parse(bytes) {
            let errors = json["errors"]?.array ?? []
            var parts = errors.prefix(3).compactMap { error -> String? in
                let code = PlainText.clean(error["code"]?.string ?? "", limit: 60).lowercased()
                    .split(separator: "_").joined(separator: " ")
                let message = PlainText.clean(error["message"]?.string ?? "")
                // "manifest unknown: manifest unknown" says no more than half of it.
                let both = [message.lowercased() == code ? "" : code, message].filter { !$0.isEmpty }
                return both.isEmpty ? nil : both.joined(separator: ": ")
            }
            // Token services answer like OAuth 2, or with one message.
            if parts.isEmpty {
                let names = ["error_description", "details", "message", "error"]
                parts = names.compactMap { json[$0]?.string }.prefix(1).map { PlainText.clean($0) }
            }
            let text = parts.joined(separator: "; ")
            return text.isEmpty ? nil : text
        }
        guard isText, bytes.first != UInt8(ascii: "<"), bytes.first != UInt8(ascii: "{") else { return nil }
        let text = PlainText.clean(bytes)
        return text.isEmpty ? nil : text
    }

    /// Whether a text holds the last word of an Authorization value, or the password in it.
    static func repeats(_ text: String, _ authorization: String) -> Bool {
        guard let secret = authorization.split(separator: " ").last else { return false }
        var words = [Array(secret.utf8)]
        if authorization.hasPrefix("Basic "), let plain = Base64.decode(String(secret)),
            let colon = plain.firstIndex(of: UInt8(ascii: ":"))
        {
            words.append(Array(plain[(colon + 1)...]))
        }
        return words.contains { repeats(Array(text.utf8), $0) }
    }

    private static func repeats(_ bytes: [UInt8], _ words: [UInt8]) -> Bool {
        guard words.count >= 4 else { return false }
        guard bytes.count >= words.count else { return false }
        return (0...bytes.count - words.count).contains { bytes[$0...].starts(with: words) }
    }
}
