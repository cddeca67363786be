/// The first part of a request (RFC 9112 section 3).
struct HTTPRequestHead: Hashable, Sendable {
    var method: String
    /// Path and query; for a proxy the whole URL, or the authority to connect to (RFC 9112 section 3.2).
    var target: String
    var headers: HTTPHeaders

    /// The bytes to send, the empty line included.
    ///
    /// - Throws: when a part holds bytes that would end its line early.
    func serialized() throws(Fault) -> [UInt8] {
        guard !method.isEmpty, method.utf8.allSatisfy(HTTPResponseHead.isTokenByte) else {
            throw Fault(.invalidRequest, "\"\(method.filter(\.isASCII))\" is not an HTTP method")
        }
        let isTarget = target.hasPrefix("/") || method == "CONNECT" || HTTPURL(target) != nil
        guard isTarget, target.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Fault(.invalidRequest, "the request target holds a byte that may not be there")
        }
        var text = "\(method) \(target) HTTP/1.1\r\n"
        for field in headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(HTTPResponseHead.isTokenByte),
                field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else {
                throw Fault(.invalidRequest, "a request header holds a byte that may not be there")
            }
            text += "\(field.name): \(field.value)\r\n"
        }
        return Array((text + "\r\n").utf8)
    }
}

/// The first part of an answer (RFC 9112 section 4).
struct HTTPResponseHead: Hashable, Sendable {
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    var minorVersion: Int
    var status: Int
    /// The words after the status; may be empty.
    var reason: String
    var headers: HTTPHeaders

    /// Parses a head that ends with its empty line.
    init(parsing bytes: some Sequence<UInt8>) throws(Fault) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { $0.last == 0x0D ? $0.dropLast() : $0 }[...]
        guard let first = lines.popFirst() else { throw .violation("its answer is empty") }
        (minorVersion, status, reason) = try HTTPResponseHead.statusLine(Array(first))
        headers = HTTPHeaders()
        var pending: HTTPHeaders.Field?
        for line in lines {
            guard let start = line.first else { break }
            if start == 0x20 || start == 0x09 {
                // An old folded line: one space instead (RFC 9112 section 5.2).
                guard var field = pending else { throw .violation("its answer starts with a folded header") }
                field.value += " " + (try HTTPResponseHead.value(Array(line)))
                pending = field
                continue
            }
            if let field = pending { headers.add(field.name, field.value) }
            guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex,
                line[..<colon].allSatisfy(HTTPResponseHead.isTokenByte)
            else { throw .violation("its answer has a header line that is none") }
            pending = HTTPHeaders.Field(
                name: String(decoding: line[..<colon], as: UTF8.self),
                value: try HTTPResponseHead.value(Array(line[(colon + 1)...])))
        }
        if let field = pending { headers.add(field.name, field.value) }
    }

    private static func statusLine(_ line: [UInt8]) throws(Fault) -> (Int, Int, String) {
        let fault = Fault.violation("its answer does not start like HTTP/1.1")
        guard line.count >= 12, line.starts(with: Array("HTTP/1.".utf8)), line[8] == 0x20,
            line[7] == 0x30 || line[7] == 0x31, line.count == 12 || line[12] == 0x20
        else { throw fault }
        let digits = line[9..<12]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { throw fault }
        let status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard status >= 100 else { throw fault }
        return (Int(line[7] - 0x30), status, PlainText.clean(line.dropFirst(13), limit: 80))
    }

    private static func value(_ bytes: [UInt8]) throws(Fault) -> String {
        if bytes.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
            throw .violation("its answer has a control character in a header")
        }
        return HTTPHeaders.trimmed(String(decoding: bytes, as: UTF8.self)[...])
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}

/// How an answer's body ends (RFC 9112 section 6.3).
enum BodyFraming: Hashable, Sendable {
    case length(Int64)
    case chunked
    /// With the connection.
    case untilClose
}

extension HTTPResponseHead {
    /// How the body of this answer to a request of `method` ends.
    func framing(for method: String) throws(Fault) -> BodyFraming {
        if method == "HEAD" || status < 200 || status == 204 || status == 304 { return .length(0) }
        let codings = headers.tokens("Transfer-Encoding")
        if !codings.isEmpty {
            guard codings == ["chunked"] else {
                throw .violation(
                    "its answer is in transfer coding \(PlainText.clean(codings.joined(separator: ", ")))")
            }
            return .chunked
        }
        guard let length = try contentLength() else { return .untilClose }
        return .length(length)
    }

    /// The value of Content-Length; nil when there is none.
    func contentLength() throws(Fault) -> Int64? {
        let lengths = Set(headers.tokens("Content-Length"))
        guard let text = lengths.first else { return nil }
        guard lengths.count == 1, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int64(text)
        else { throw .violation("its answer has a content-length that is no number of bytes") }
        return length
    }

    /// Whether the connection may carry another request once the body is read.
    var keepsConnection: Bool {
        let options = headers.tokens("Connection")
        if options.contains("close") { return false }
        // Both framings at once may be an attack: nothing more is believed of such a connection.
        if headers["Transfer-Encoding"] != nil, headers["Content-Length"] != nil { return false }
        return minorVersion == 1 || options.contains("keep-alive")
    }
}
