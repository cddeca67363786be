internal import ChalkOCI

/// The parts of a repository's address.
struct GitAddress {
    /// Without query and fragment.
    let remote: String
    /// Names and values, in order, without escapes; nil where there is no `=`.
    let query: [(name: String, value: String?)]
    /// After `#`, without escapes.
    let fragment: String?

    /// Cuts an address; nil for what is no repository's: other schemes, and HTTP URLs that do not end in `.git`.
    init?(_ text: String) {
        let hash = text.firstIndex(of: "#") ?? text.endIndex
        let fragment = text[hash...].dropFirst()
        let mark = text[..<hash].firstIndex(of: "?") ?? hash
        let query = text[mark..<hash].dropFirst()
        let remote = text[..<mark]
        if let scheme = GitAddress.scheme(of: remote) {
            switch scheme {
            case "ssh", "git": break
            case "http", "https": guard remote.hasSuffix(".git") else { return nil }
            default: return nil
            }
        } else {
            guard GitAddress.isSecureShell(remote) else { return nil }
        }
        self.remote = String(remote)
        self.query = query.split(separator: "&").map { part in
            let equals = part.firstIndex(of: "=")
            let name = PercentEncoding.decode(part[..<(equals ?? part.endIndex)], plusIsSpace: true)
            let value = equals.map { PercentEncoding.decode(part[$0...].dropFirst(), plusIsSpace: true) }
            return (name, value)
        }
        self.fragment = fragment.isEmpty ? nil : PercentEncoding.decode(fragment)
    }

    /// Lower case; nil where there is no `://`.
    private static func scheme(of text: Substring) -> String? {
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        guard !name.isEmpty, text[name.endIndex...].hasPrefix("://") else { return nil }
        return name.lowercased()
    }

    /// `user@host:path`, as scp(1) writes it.
    private static func isSecureShell(_ text: Substring) -> Bool {
        guard let at = text.firstIndex(of: "@"), let colon = text[at...].firstIndex(of: ":") else {
            return false
        }
        func isWord(_ part: Substring, _ others: String) -> Bool {
            !part.isEmpty
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || others.contains($0)) }
        }
        return isWord(text[..<at], "-_") && isWord(text[at..<colon].dropFirst(), "-.")
    }
}
