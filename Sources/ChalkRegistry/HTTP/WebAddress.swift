internal import ChalkOCI

/// A URL that may hold credentials, taken apart.
struct WebAddress {
    /// Without the credentials.
    let url: String
    /// `user:password`, unescaped; nil for none.
    let credentials: String?

    /// The value of an Authorization or Proxy-Authorization field.
    var authorization: String? {
        credentials.map { text in
            "Basic " + Base64.encode(Array((text.contains(":") ? text : text + ":").utf8))
        }
    }

    /// Takes a URL apart; nil where there is no `//` after its scheme.
    init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), text[slash...].hasPrefix("//") else { return nil }
        let start = text.index(slash, offsetBy: 2)
        let end = text[start...].firstIndex { "/?#".contains($0) } ?? text.endIndex
        guard let at = text[start..<end].lastIndex(of: "@") else {
            url = text
            credentials = nil
            return
        }
        url = String(text[..<start] + text[text.index(after: at)...])
        credentials = PercentEncoding.decode(text[start..<at])
    }
}
