import ChalkSystem
import ChalkTestSupport
import Foundation

/// A certificate authority of our own and certificates by it, made with `openssl` in a temporary directory.
final class TestCertificates {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    let directory: String
    var authority: String { directory + "/ca.pem" }

    init() throws {
        directory = NSTemporaryDirectory() + "chalk-certificates-" + RandomName.make()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try run(
            "openssl",
            ["req", "-x509", "-out", "ca.pem", "-keyout", "ca.key", "-days", "2", "-subj", "/CN=chalk tests"]
                + TestCertificates.newKey)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    /// A certificate for the given names: `DNS:localhost`, `IP:127.0.0.1`.
    func issue(_ names: String, days: Int = 2) throws -> DockerRegistry.TLS {
        let name = RandomName.make()
        try "subjectAltName=\(names)\n".write(
            toFile: directory + "/\(name).ext", atomically: true, encoding: .utf8)
        try run(
            "openssl",
            ["req", "-out", "\(name).csr", "-keyout", "\(name).key", "-subj", "/CN=tests"]
                + TestCertificates.newKey)
        try run(
            "openssl",
            [
                "x509", "-req", "-in", "\(name).csr", "-out", "\(name).pem", "-days", "\(days)", "-CA",
                "ca.pem",
                "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "\(name).ext",
            ])
        return .init(certificate: "\(directory)/\(name).pem", key: "\(directory)/\(name).key")
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        _ = try tool(program, arguments, in: directory)
    }
}

/// Runs a program to its end; its standard output. Fails with both its outputs unless it exits with 0.
func tool(_ program: String, _ arguments: [String], in directory: String = "/") throws -> String {
    let process = Process()
    let output = Foundation.Pipe()
    let errors = NSTemporaryDirectory() + "chalk-tool-" + RandomName.make()
    try "".write(toFile: errors, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: errors) }
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: bytes, as: UTF8.self)
    if process.terminationStatus != 0 {
        let words = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
        throw TestCertificates.Failed(description: "\(program) \(arguments) failed: \(text)\(words)")
    }
    return text
}
