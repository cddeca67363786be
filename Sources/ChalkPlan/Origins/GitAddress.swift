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
            let name = GitAddress.unescaped(part[..<(equals ?? part.endIndex)], plusIsSpace: true)
            let value = equals.map { GitAddress.unescaped(part[$0...].dropFirst(), plusIsSpace: true) }
            return (name, value)
        }
        self.fragment = fragment.isEmpty ? nil : GitAddress.unescaped(fragment, plusIsSpace: false)
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

    /// Text with its `%HH` taken back; what is no escape stays.
    static func unescaped(_ text: Substring, plusIsSpace: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
