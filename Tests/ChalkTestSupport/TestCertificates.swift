import ChalkSystem
import Foundation

/// A certificate authority of our own and certificates by it, made with `openssl` in a temporary directory.
package final class TestCertificates: Sendable {
    /// Where the files are.
    package let directory: String
    /// The authority's certificate, PEM.
    package var authority: String { directory + "/ca.pem" }

    /// A new authority.
    package init() throws {
        directory = NSTemporaryDirectory() + "chalk-certificates-" + RandomName.make()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try run(
            [
                "openssl", "req", "-x509", "-out", "ca.pem", "-keyout", "ca.key", "-days", "2", "-subj",
                "/CN=chalk tests",
            ]
                + TestCertificates.newKey)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    /// A certificate for the given names: `DNS:localhost`, `IP:127.0.0.1`.
    package func issue(_ names: String, days: Int = 2) throws -> DockerRegistry.TLS {
        let name = RandomName.make()
        try "subjectAltName=\(names)\n".write(
            toFile: directory + "/\(name).ext", atomically: true, encoding: .utf8)
        try run(
            ["openssl", "req", "-out", "\(name).csr", "-keyout", "\(name).key", "-subj", "/CN=tests"]
                + TestCertificates.newKey)
        try run(
            [
                "openssl", "x509", "-req", "-in", "\(name).csr", "-out", "\(name).pem", "-days", "\(days)",
                "-CA",
                "ca.pem",
                "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "\(name).ext",
            ])
        return .init(certificate: "\(directory)/\(name).pem", key: "\(directory)/\(name).key")
    }

    private func run(_ words: [String]) throws { try BuiltCommand.check(words, in: directory) }
}
