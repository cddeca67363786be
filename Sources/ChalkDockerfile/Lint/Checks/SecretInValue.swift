/// Values that have the form of a key or token, whatever the variable is called.
enum SecretInValue: LintCheck {
    static let rule = LintRule("SecretInValue", "no value has the form of a secret", origin: .own)

    /// How well-known tokens begin, and how long they are at least.
    private static let tokens: [(prefix: String, length: Int)] = [
        ("ghp_", 20), ("gho_", 20), ("ghu_", 20), ("ghs_", 20), ("ghr_", 20), ("github_pat_", 30),
        ("glpat-", 20), ("xoxb-", 20), ("xoxp-", 20), ("xoxa-", 20), ("sk_live_", 20), ("rk_live_", 20),
        ("sk-", 35), ("AIza", 35), ("AKIA", 20), ("ASIA", 20), ("npm_", 36), ("pypi-", 40), ("hf_", 30),
        ("dckr_pat_", 20), ("SG.", 50), ("eyJ", 40),
    ]

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap(\.instructions).flatMap { item in
            values(in: item.expanded).filter { looksSecret($0.value) }.map { named in
                finding(
                    at: item.place,
                    "the value of \(named.name) has the form of a secret, which \(item.expanded.keyword) "
                        + "leaves in the image; revoke it, and use RUN --mount=type=secret")
            }
        }
    }

    private static func values(in instruction: Instruction) -> [NamedValue] {
        switch instruction {
        case .env(let env): env.variables
        case .label(let label): label.labels
        case .arg(let arg):
            arg.arguments.map { NamedValue(name: $0.name, value: unquoted($0.defaultValue ?? "")) }
        default: []
        }
    }

    private static func unquoted(_ text: String) -> String {
        text.filter { $0 != "\"" && $0 != "'" }
    }

    private static func looksSecret(_ value: String) -> Bool {
        if value.contains("-----BEGIN"), value.contains("PRIVATE KEY") { return true }
        for word in value.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == "=" }) {
            let isToken = tokens.contains { word.hasPrefix($0.prefix) && word.utf8.count >= $0.length }
            if isToken, word.utf8.allSatisfy(isTokenByte) || hasPassword(word) { return true }
        }
        return hasPassword(value[...])
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// `scheme://user:password@host`, the password no variable.
    private static func hasPassword(_ value: Substring) -> Bool {
        guard let scheme = value.firstPlace(of: "://") else { return false }
        let authority = value[scheme.upperBound...].prefix { $0 != "/" && !$0.isWhitespace }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
            return false
        }
        let password = authority[colon..<at].dropFirst()
        return !password.isEmpty && !password.contains("$") && !password.hasPrefix("<")
    }
}

extension Substring {
    /// The first place of a text.
    fileprivate func firstPlace(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
