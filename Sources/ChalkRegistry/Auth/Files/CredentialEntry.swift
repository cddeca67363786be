internal import ChalkOCI

/// One value of `auths`: `{"auth": base64 of "user:password"}`, perhaps with `identitytoken`; or `username`
/// and `password`.
enum CredentialEntry {
    /// The credential of an entry; nil for one that has none.
    static func read(_ entry: JSON, key: String, in path: String) throws(Fault) -> Credential? {
        func wrong(_ why: String) -> Fault {
            Fault(
                .unauthorized, "the entry \"\(key)\" in \(path) \(why)",
                remedy: "log in again with chalk-image login \(key)")
        }
        guard entry.members != nil else { throw wrong("is no JSON object") }
        var username = entry["username"]?.string ?? ""
        var password = entry["password"]?.string ?? ""
        if let text = entry["auth"]?.string, !text.isEmpty {
            guard let bytes = Base64.decode(text), let plain = String(validating: bytes, as: UTF8.self),
                let colon = plain.firstIndex(of: ":")
            else { throw wrong("is not base64 of a user name, a colon and a password") }
            username = String(plain[..<colon])
            // Some writers end the password with NUL bytes.
            password = String(plain[plain.index(after: colon)...])
            while password.unicodeScalars.last == "\0" { password.unicodeScalars.removeLast() }
        }
        if let token = entry["identitytoken"]?.string, !token.isEmpty {
            return .identityToken(username: username, token: token)
        }
        if username == "<token>", !password.isEmpty { return .identityToken(username: "", token: password) }
        return username.isEmpty && password.isEmpty ? nil : .basic(username: username, password: password)
    }

    /// The entry that says a user name and password.
    static func made(username: String, password: String) -> JSON {
        .object([.init("auth", .string(Base64.encode(Array("\(username):\(password)".utf8))))])
    }
}
