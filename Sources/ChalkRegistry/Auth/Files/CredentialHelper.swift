internal import ChalkOCI
internal import ChalkSystem
private import Glibc

/// A program that keeps credentials: `docker-credential-NAME`, as Docker's helpers are spoken to.
///
/// What it writes is never repeated, for it may be a secret.
struct CredentialHelper: Sendable {
    /// Most bytes of an answer.
    static let limit = 1 << 20
    /// What helpers say for "there is none", on standard output.
    private static let notFound = "credentials not found in native keychain"

    /// `docker-credential-NAME`.
    let program: String
    private let path: String
    private let environment: [String: String]
    private let timeout: Duration

    /// The helper called `name`, on the PATH of `environment`.
    init(
        named name: String, environment: [String: String], timeout: Duration = .seconds(120)
    ) throws(Fault) {
        program = "docker-credential-" + PlainText.clean(name, limit: 60)
        self.environment = environment
        self.timeout = timeout
        let isName = !name.contains("/") && !name.utf8.contains(0)
        let directories = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        let found = directories.map { "\($0)/docker-credential-\(name)" }.first { candidate in
            guard let status = try? FileSystem.statusIfPresent(candidate) else { return false }
            guard status.kind == .file else { return false }
            return unsafe access(candidate, X_OK) == 0
        }
        guard isName, let found else {
            throw Fault(
                .unauthorized, "the credential helper \(program) is not on PATH",
                remedy: "install it, or take its name out of the file of credentials")
        }
        path = found
    }

    /// What it has for a server; nil for nothing.
    func get(_ server: String) throws -> Credential? {
        let (end, output) = try run("get", input: server)
        guard end.isSuccess else {
            let words = HTTPHeaders.trimmed(
                String(decoding: output.prefix(200), as: UTF8.self).split(separator: "\n").first ?? "")
            if words.lowercased().hasPrefix(CredentialHelper.notFound) { return nil }
            throw failure("get", server, end)
        }
        guard let json = try? JSON.parse(output), let secret = json["Secret"]?.string else {
            throw Fault(
                .unauthorized, "the credential helper \(program) does not answer like one",
                remedy: "try it: echo \(server) | \(program) get")
        }
        let username = json["Username"]?.string ?? ""
        if username == "<token>" { return .identityToken(username: "", token: secret) }
        if username.isEmpty, secret.isEmpty { return nil }
        return .basic(username: username, password: secret)
    }

    /// Gives it a credential to keep.
    func store(_ server: String, username: String, secret: String) throws {
        let json = JSON.object([
            .init("ServerURL", .string(server)), .init("Username", .string(username)),
            .init("Secret", .string(secret)),
        ])
        let (end, _) = try run("store", input: json.compact())
        if !end.isSuccess { throw failure("store", server, end) }
    }

    /// Takes a credential away from it; false where it had none.
    func erase(_ server: String) throws -> Bool {
        if try get(server) == nil { return false }
        let (end, _) = try run("erase", input: server)
        if !end.isSuccess { throw failure("erase", server, end) }
        return true
    }

    private func failure(_ verb: String, _ server: String, _ end: ChildProcess.End) -> Fault {
        let words =
            switch end {
            case .exited(let status): "ended with \(status)"
            case .signalled(let number): "was ended by signal \(number)"
            }
        return Fault(
            .unauthorized, "the credential helper \(program) \(words) when it was asked to \(verb)",
            remedy: "try it: echo \(server) | \(program) get")
    }

    private func run(_ verb: String, input: String) throws -> (ChildProcess.End, [UInt8]) {
        do {
            var answer = try ChalkSystem.Pipe()
            let reading = try answer.takeReadEnd()
            let child = try start(verb, input: input, answer: answer.takeWriteEnd())
            do {
                let output = try read(reading, verb)
                return (child.wait(), output)
            } catch {
                child.signal(SIGKILL)
                _ = child.wait()
                throw error
            }
        } catch let error as SystemError {
            throw Fault(.unauthorized, "the credential helper \(program) cannot be used (\(error.reason))")
        }
    }

    private func start(
        _ verb: String, input: String, answer: consuming FileDescriptor
    ) throws(SystemError) -> ChildProcess {
        let source = try MemoryFile.holding(Array(input.utf8))
        let nothing = try FileDescriptor.open("/dev/null", [.writeOnly])
        let child = try ChildProcess.spawn(
            path, arguments: [program, verb], environment: environment.map { "\($0.key)=\($0.value)" },
            descriptors: [.init(source.raw, as: 0), .init(answer.raw, as: 1), .init(nothing.raw, as: 2)],
            session: .shared)
        withExtendedLifetime(source) {}
        withExtendedLifetime(answer) {}
        withExtendedLifetime(nothing) {}
        return child
    }

    /// Everything that it writes.
    private func read(_ file: borrowing FileDescriptor, _ verb: String) throws -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= CredentialHelper.limit {
            if try Readiness.readable([file.raw], within: deadline - ContinuousClock.now).isEmpty {
                throw Fault(
                    .unauthorized,
                    "the credential helper \(program) did not answer \(verb) within \(timeout.words)")
            }
            let got = try file.read(into: &buffer)
            if got == 0 { return bytes }
            bytes += buffer[..<got]
        }
        throw Fault(
            .unauthorized,
            "the credential helper \(program) answers more than \(CredentialHelper.limit) bytes")
    }
}
