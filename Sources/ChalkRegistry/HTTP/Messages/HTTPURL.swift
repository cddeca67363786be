internal import ChalkOCI
internal import ChalkSystem

/// Scheme, host and port: what credentials belong to (RFC 6454).
struct Origin: Hashable, Sendable, CustomStringConvertible {
    /// Whether it is `https`.
    let isSecure: Bool
    /// Lower case; IPv6 addresses without brackets.
    let host: String
    let port: UInt16

    /// The value of a Host field: without the port where it is the scheme's own.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    var description: String { (isSecure ? "https://" : "http://") + authority }

    /// Whether the host is this machine by name or number, so that nobody can listen in between.
    var isLoopback: Bool {
        if host == "localhost" { return true }
        guard let address = NumericAddress.bytes(host) else { return false }
        return address.count == 4
            ? address[0] == 127 : address.dropLast().allSatisfy { $0 == 0 } && address[15] == 1
    }

    /// An origin from `host`, `host:port` or `[address]:port`; nil when it is none.
    init?(authority: some StringProtocol, isSecure: Bool) {
        var host = authority.lowercased()[...]
        var port: Substring?
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let after = host[host.index(after: end)...]
            if !after.isEmpty {
                guard after.hasPrefix(":") else { return nil }
                port = after.dropFirst()
            }
            host = host[host.index(after: host.startIndex)..<end]
            guard host.contains(":"), host.utf8.allSatisfy(Origin.isAddressByte) else { return nil }
        } else {
            if let colon = host.firstIndex(of: ":") {
                port = host[host.index(after: colon)...]
                host = host[..<colon]
            }
            guard host.utf8.allSatisfy(Origin.isNameByte) else { return nil }
        }
        guard !host.isEmpty, host.utf8.count <= 255 else { return nil }
        self.isSecure = isSecure
        self.host = String(host)
        if let port {
            guard !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt16(port), number > 0
            else { return nil }
            self.port = number
        } else {
            self.port = isSecure ? 443 : 80
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x61...0x66, 0x2E, 0x25: true
        default: false
        }
    }
}

/// An absolute `http` or `https` URL, without user and fragment (RFC 3986).
struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    let origin: Origin
    /// Path and query as they stand in a request line; starts with `/`.
    let target: String

    /// For people: without the query, which may hold a signature.
    var description: String { origin.description + path }

    /// All of it, the query too; may hold a secret.
    var text: String { origin.description + target }

    /// The target without its query.
    var path: Substring { target.prefix { $0 != "?" } }

    init(origin: Origin, target: String) {
        self.origin = origin
        self.target = target
    }

    /// A URL from its text; nil when it is not an absolute HTTP URL. Bytes that a URL may not hold are escaped,
    /// control characters refused.
    init?(_ text: String) {
        let isSecure: Bool
        var rest: Substring
        if HTTPURL.hasPrefix(text, "https://") {
            (isSecure, rest) = (true, text.dropFirst(8))
        } else if HTTPURL.hasPrefix(text, "http://") {
            (isSecure, rest) = (false, text.dropFirst(7))
        } else {
            return nil
        }
        rest = rest.prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        // A user part fails here too, as "@" is in no host: no credential comes in through a URL.
        guard let origin = Origin(authority: rest[..<end], isSecure: isSecure) else { return nil }
        var target = String(rest[end...])
        if !target.hasPrefix("/") { target = "/" + target }
        guard let clean = HTTPURL.escaped(target) else { return nil }
        self.init(origin: origin, target: clean)
    }

    /// The URL that a Location field means, seen from here (RFC 3986 section 5.2); nil when it is none.
    func resolving(_ location: String) -> HTTPURL? {
        let reference = location.prefix { $0 != "#" }
        if HTTPURL.hasPrefix(location, "http://") || HTTPURL.hasPrefix(location, "https://") {
            return HTTPURL(location)
        }
        if reference.hasPrefix("//") { return HTTPURL((origin.isSecure ? "https:" : "http:") + reference) }
        if HTTPURL.startsWithScheme(reference) { return nil }
        let joined: String
        if reference.isEmpty {
            joined = target
        } else if reference.hasPrefix("/") {
            joined = String(reference)
        } else if reference.hasPrefix("?") {
            joined = String(path + reference)
        } else {
            let directory = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
            joined = String(directory + reference)
        }
        guard let clean = HTTPURL.escaped(HTTPURL.withoutDots(joined)) else { return nil }
        return HTTPURL(origin: origin, target: clean)
    }

    /// The URL with more query items; what is there already stays as it is.
    func adding(query items: [(name: String, value: String)]) -> HTTPURL {
        if items.isEmpty { return self }
        let joint = target.contains("?") ? (target.hasSuffix("?") || target.hasSuffix("&") ? "" : "&") : "?"
        return HTTPURL(origin: origin, target: target + joint + HTTPURL.queryText(items))
    }

    /// Items of a query, or of a form, as one text.
    static func queryText(_ items: [(name: String, value: String)]) -> String {
        items.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
            .joined(separator: "&")
    }

    private static func hasPrefix(_ text: String, _ prefix: String) -> Bool {
        text.prefix(prefix.count).lowercased() == prefix
    }

    private static func startsWithScheme(_ text: Substring) -> Bool {
        let name = text.prefix { $0 != ":" && $0 != "/" && $0 != "?" }
        return name.endIndex < text.endIndex && text[name.endIndex] == ":"
    }

    private static func withoutDots(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }
        var parts: [Substring] = []
        let components = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in components.enumerated() {
            let isLast = index == components.count - 1
            switch part {
            case ".": if isLast { parts.append("") }
            case "..":
                _ = parts.popLast()
                if isLast { parts.append("") }
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/") + target[path.endIndex...]
    }

    /// A path and query with escapes for what they may not hold; nil for control characters.
    private static func escaped(_ target: String) -> String? {
        guard target.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return PercentEncoding.encode(target) { 0x21...0x7E ~= $0 && !"\"<>\\^`".utf8.contains($0) }
    }
}
