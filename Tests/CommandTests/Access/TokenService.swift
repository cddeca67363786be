import ChalkTestSupport
import Foundation
import Synchronization

/// A token service whose tokens docker-registry believes: signed by a key of its own (distribution: token
/// authentication). It knows `me` with `hunter2`, and lets anybody pull.
final class TokenService {
    let certificates: TestCertificates
    private let server: WebServer

    init() throws {
        let certificates = try TestCertificates()
        self.certificates = certificates
        let directory = certificates.directory
        try BuiltCommand.check(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "token.key", "-out",
                "token.pem",
                "-days", "2", "-subj", "/CN=tokens",
            ], in: directory)
        let certificate = try String(contentsOfFile: directory + "/token.pem", encoding: .utf8)
            .split(separator: "\n").dropFirst().dropLast().joined()
        server = try WebServer { request in
            let user = request.headers["authorization"]
            guard user == nil || user == "Basic bWU6aHVudGVyMg==" else {
                return WebServer.Answer(
                    401, body: Array(#"{"details":"incorrect username or password"}"#.utf8))
            }
            let items = URLComponents(string: request.target)?.queryItems ?? []
            let access = items.filter { $0.name == "scope" }.compactMap { item -> [String: Any]? in
                let parts = (item.value ?? "").split(separator: ":").map(String.init)
                guard parts.count == 3 else { return nil }
                let actions = parts[2].split(separator: ",").map(String.init).filter {
                    user != nil || $0 == "pull"
                }
                return ["type": parts[0], "name": parts[1], "actions": actions]
            }
            guard let token = try? TokenService.token(access, certificate, in: directory) else {
                return WebServer.Answer(500)
            }
            return WebServer.Answer(body: Array(#"{"token":"\#(token)","expires_in":300}"#.utf8))
        }
    }

    var realm: String { server.url + "/token" }
    var bundle: String { certificates.directory + "/token.pem" }
    /// The queries so far, unescaped.
    var questions: [String] { server.requests.map { $0.target.removingPercentEncoding ?? "" } }

    private static func token(_ access: [[String: Any]], _ certificate: String, in directory: String) throws
        -> String
    {
        let now = Int(Date().timeIntervalSince1970)
        let header: [String: Any] = ["typ": "JWT", "alg": "RS256", "x5c": [certificate]]
        let claims: [String: Any] = [
            "iss": "tests", "sub": "me", "aud": "tests", "exp": now + 300, "nbf": now - 60, "iat": now,
            "jti": UUID().uuidString, "access": access,
        ]
        let parts = try [header, claims].map { text(try JSONSerialization.data(withJSONObject: $0)) }
        let signed = parts.joined(separator: ".")
        let file = directory + "/" + UUID().uuidString
        try signed.write(toFile: file, atomically: false, encoding: .utf8)
        let signature = try BuiltCommand.check(
            ["openssl", "dgst", "-sha256", "-sign", "token.key", file], in: directory
        ).bytes
        return signed + "." + text(Data(signature))
    }

    private static func text(_ data: Data) -> String {
        data.base64EncodedString().split(separator: "=").joined()
            .split(separator: "+", omittingEmptySubsequences: false).joined(separator: "-")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "_")
    }
}
