internal import ChalkSystem

/// The entries of NO_PROXY, matched as Go's `httpproxy` matches them.
struct ProxyExceptions: Sendable {
    private enum Rule {
        case everybody
        case network([UInt8], bits: Int)
        case address([UInt8], port: UInt16?)
        /// A name with the dot before it, and whether the name itself counts beside those below it.
        case domain(String, port: UInt16?, countsItself: Bool)
    }

    private let rules: [(text: String, rule: Rule)]

    init(_ text: String) {
        rules = text.lowercased().split(separator: ",").compactMap { part in
            let entry = HTTPHeaders.trimmed(part)
            return ProxyExceptions.rule(entry).map { (entry, $0) }
        }
    }

    /// The first entry that an origin falls under.
    func entry(for origin: Origin) -> String? {
        let address = NumericAddress.bytes(origin.host)
        return rules.first { matches($0.rule, origin, address) }?.text
    }

    private func matches(_ rule: Rule, _ origin: Origin, _ address: [UInt8]?) -> Bool {
        switch rule {
        case .everybody: return true
        case .network(let network, let bits):
            return address.map { ProxyExceptions.share($0, network, bits: bits) } ?? false
        case .address(let wanted, let port):
            return address == wanted && (port ?? origin.port) == origin.port
        case .domain(let suffix, let port, let countsItself):
            let isName = address == nil && (port ?? origin.port) == origin.port
            return isName && (origin.host.hasSuffix(suffix) || countsItself && "." + origin.host == suffix)
        }
    }

    private static func rule(_ entry: String) -> Rule? {
        if entry.isEmpty { return nil }
        if entry == "*" { return .everybody }
        if let slash = entry.firstIndex(of: "/") {
            guard let network = NumericAddress.bytes(String(entry[..<slash])),
                let bits = Int(entry[entry.index(after: slash)...]), (0...network.count * 8).contains(bits)
            else { return nil }
            return .network(network, bits: bits)
        }
        if let address = NumericAddress.bytes(bare(entry)) { return .address(address, port: nil) }
        var (host, port) = (entry, UInt16?.none)
        if let colon = entry.lastIndex(of: ":") {
            guard let number = UInt16(entry[entry.index(after: colon)...]) else { return nil }
            (host, port) = (String(entry[..<colon]), number)
        }
        if let address = NumericAddress.bytes(bare(host)) { return .address(address, port: port) }
        if host.hasPrefix("*.") { host.removeFirst() }
        guard !host.isEmpty, !host.contains(":") else { return nil }
        return host.hasPrefix(".")
            ? .domain(host, port: port, countsItself: false)
            : .domain("." + host, port: port, countsItself: true)
    }

    private static func bare(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    private static func share(_ address: [UInt8], _ network: [UInt8], bits: Int) -> Bool {
        guard address.count == network.count else { return false }
        return address.indices.allSatisfy { index in
            let kept = min(8, max(0, bits - index * 8))
            let mask = kept == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - kept))
            return address[index] & mask == network[index] & mask
        }
    }
}
