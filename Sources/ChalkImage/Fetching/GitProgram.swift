internal import ChalkSystem

/// The `git` program, kept from the caller's configuration but for credential helpers.
struct GitProgram {
    /// Why a call failed.
    struct Failure: Error {
        /// The last line that git wrote on standard error.
        let reason: String
    }

    private let path: String
    private let environment: [String]
    private let settings: [(name: String, value: String)]
    private let cancellation: Cancellation
    /// For output, until a call ends.
    private let scratch: String

    /// - Parameters:
    ///   - variables: of the caller.
    ///   - scratch: a directory for output.
    init(_ variables: [String: String], scratch: String, cancellation: Cancellation) throws {
        let search = variables["PATH"].flatMap { $0.isEmpty ? nil : $0 } ?? GitProgram.standardPath
        let candidates = search.split(separator: ":").map { "\($0)/git" }
        guard let path = candidates.first(where: { (try? FileSystem.status($0))?.kind == .file }) else {
            throw ChalkError(
                .failed, "the program git is not installed; install it (Debian: apt-get install git)")
        }
        self.path = path
        self.scratch = scratch
        self.cancellation = cancellation
        let passed = GitProgram.passed.compactMap { name in variables[name].map { "\(name)=\($0)" } }
        let plain = passed + ["PATH=\(search)", "LC_ALL=C", "GIT_TERMINAL_PROMPT=0"]
        // Who may read what is the caller's to say; how git works is not.
        let helpers = GitProgram(
            path: path, environment: plain, settings: [], cancellation: cancellation, scratch: scratch
        ).credentialSettings()
        environment =
            plain + [
                "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1",
                "GIT_SSH_COMMAND=ssh -o BatchMode=yes",
            ]
        settings = GitProgram.fixed + helpers
    }

    private init(
        path: String, environment: [String], settings: [(name: String, value: String)],
        cancellation: Cancellation, scratch: String
    ) {
        self.path = path
        self.environment = environment
        self.settings = settings
        self.cancellation = cancellation
        self.scratch = scratch
    }

    private static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Variables of the caller that reach git.
    private static let passed = [
        "HOME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "GIT_SSL_CAINFO", "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    ]

    /// A file: URL of a submodule would read the host's own repositories.
    private static let fixed = [
        ("protocol.file.allow", "user"), ("core.hooksPath", "/dev/null"),
        ("core.attributesFile", "/dev/null"),
        ("core.excludesFile", "/dev/null"), ("core.autocrlf", "false"), ("core.logAllRefUpdates", "false"),
        ("init.defaultBranch", "main"), ("advice.detachedHead", "false"), ("gc.auto", "0"),
        ("maintenance.auto", "false"), ("fetch.unpackLimit", "2147483647"), ("submodule.fetchJobs", "1"),
    ]

    /// The caller's own settings of credentials.
    private func credentialSettings() -> [(name: String, value: String)] {
        guard let text = try? run(["config", "--null", "--get-regexp", "^(credential|http)\\..*"], in: "/")
        else {
            return []
        }
        return text.split(separator: "\0").compactMap { row in
            guard let end = row.firstIndex(of: "\n") else { return nil }
            let name = String(row[..<end])
            let lower = name.lowercased()
            let isWanted =
                lower.hasPrefix("credential.") || lower.hasSuffix(".extraheader")
                || lower.hasSuffix(".sslcainfo")
            return isWanted ? (name, String(row[end...].dropFirst())) : nil
        }
    }

    /// Runs git to its end.
    ///
    /// - Returns: what it wrote on standard output.
    /// - Throws: ``Failure``; `Cancellation.Cancelled`.
    @discardableResult
    func run(_ words: [String], in directory: String) throws -> String {
        try cancellation.check()
        let name = "\(scratch)/git-\(RandomName.make())"
        let output = try FileDescriptor.open("\(name).out", [.readWrite, .create, .exclusive], mode: 0o600)
        let errors = try FileDescriptor.open("\(name).err", [.readWrite, .create, .exclusive], mode: 0o600)
        let input = try FileDescriptor.open("/dev/null")
        // Settings come by the environment: a header may hold a token, which no list of processes must show.
        var variables = environment + ["GIT_CONFIG_COUNT=\(settings.count)"]
        for (index, setting) in settings.enumerated() {
            variables += [
                "GIT_CONFIG_KEY_\(index)=\(setting.name)", "GIT_CONFIG_VALUE_\(index)=\(setting.value)",
            ]
        }
        let child = try ChildProcess.spawn(
            path, arguments: ["git", "-C", directory] + words, environment: variables,
            descriptors: [.init(input.raw, as: 0), .init(output.raw, as: 1), .init(errors.raw, as: 2)],
            session: .own)
        let end = cancellation.withHandler({ child.signal(15) }) { child.wait() }
        withExtendedLifetime(input) {}
        try cancellation.check()
        guard end.isSuccess else {
            let text = String(decoding: try FileSystem.read("\(name).err", limit: 1 << 20), as: UTF8.self)
            let lines = text.split { $0.isNewline }.filter { !$0.hasPrefix("hint:") }
            throw Failure(reason: lines.last.map(String.init) ?? "git ended with status \(end.shellStatus)")
        }
        return String(decoding: try FileSystem.read("\(name).out", limit: 64 << 20), as: UTF8.self)
    }
}
