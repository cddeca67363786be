internal import ChalkSystem

/// A program that writes a secret on standard output: `pass show NAME`, `vault kv get -field=value secret/NAME`.
///
/// The name takes the place of `{}` in its words, or follows them. For an integration the program writes lines of a
/// `.env` file.
public struct SecretCommand: SecretProvider, Hashable {
    /// The program and its arguments.
    public let words: [String]
    /// `NAME=value` for the program.
    private let environment: [String]
    private let searchPath: String

    /// A program with its arguments.
    ///
    /// - Parameter environment: the variables that it is given; its `PATH` is searched for it.
    public init(words: [String], environment: [String: String]) {
        self.words = words
        self.environment = environment.map { "\($0)=\($1)" }.sorted()
        searchPath = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    }

    /// Who this is, for sentences.
    public var title: String { "the command \(words.first ?? "")" }

    /// What the program writes for a name.
    public func value(of name: String) throws -> [UInt8]? { try run(name) }

    /// The lines that the program writes for a name.
    public func values(of integration: String) throws -> [String: [UInt8]]? {
        let lines = try EnvironmentFile.parse(run(integration), file: "what \(title) wrote")
        return Dictionary(lines) { $1 }
    }

    private func run(_ name: String) throws -> [UInt8] {
        guard let program = try program() else {
            throw ChalkError(
                .notFound, "the secret \"\(name)\" has no value: \(title) is not installed, or not in PATH")
        }
        var arguments = words.map { $0 == "{}" ? name : $0.replacing("{}", with: name) }
        if !words.contains(where: { $0.contains("{}") }) { arguments.append(name) }
        var pipe = try Pipe()
        let reading = try pipe.takeReadEnd()
        let writing = try pipe.takeWriteEnd()
        // Standard input and errors are the caller's: the program may ask for a passphrase.
        let child = try ChildProcess.spawn(
            program, arguments: arguments, environment: environment,
            descriptors: [.init(0, as: 0), .init(writing.raw, as: 1), .init(2, as: 2)], session: .shared)
        try writing.close()
        let output = Result { try reading.readToEnd(limit: BuildSecret.limit) }
        if case .failure = output { child.signal(9) }
        let end = child.wait()
        guard end.isSuccess, case .success(let bytes) = output else {
            throw ChalkError(
                .notFound,
                "the secret \"\(name)\" has no value: \(title) ended with status \(end.shellStatus)")
        }
        return bytes
    }

    private func program() throws -> String? {
        guard let word = words.first, !word.isEmpty else { return nil }
        let candidates =
            word.contains("/") ? [word] : searchPath.split(separator: ":").map { "\($0)/\(word)" }
        return try candidates.first { try FileSystem.statusIfPresent($0)?.kind == .file }
    }
}
