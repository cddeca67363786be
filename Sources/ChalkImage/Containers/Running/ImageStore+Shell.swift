internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
package import ChalkSystem

/// How one looks around where a step failed, or in an image.
public struct ShellOptions: Sendable {
    /// The program with its arguments; empty for the shell of the step, else `/bin/sh`.
    public var words: [String] = []
    /// Secrets by id; what the step had is not kept.
    public var secrets: [String: BuildSecret] = [:]
    /// `NAME=value`, over the step's variables.
    public var environment: [String] = []
    /// Whether standard input is a terminal.
    public var isTerminal = false
    /// Path or name of an OCI runtime; nil is the first of `runc` and `crun` that works.
    public var runtime: String?

    /// Options that say nothing.
    public init() {}
}

extension ImageStore {
    /// Enters the last failed RUN as it was when it failed: its files, mounts, user and variables. What is changed
    /// there stays for the next time.
    ///
    /// - Parameter say: told which step it is, for people.
    /// - Returns: what a shell would report.
    package func performShellInFailedStep(
        _ options: ShellOptions, cancellation: Cancellation, say: (String) -> Void
    ) throws -> Int32 {
        try ChalkError.wrap {
            let lock = try StoreLock.shared(content)
            defer { withExtendedLifetime(lock) {} }
            let access = try SnapshotAccess(store: content)
            let executor = StepExecutor(
                snapshots: access.snapshots, runtime: RuntimeChoice(named: options.runtime))
            // Nobody removes a snapshot while one is held, were it an empty one.
            let held = try access.snapshot([], cancellation: cancellation)
            defer { withExtendedLifetime(held) {} }
            guard let name = try executor.keptSteps().last else {
                throw ChalkError(.notFound, "no failed step is kept in this store; a RUN that fails is")
            }
            let kept = try executor.keptStep(name)
            var request = kept.request
            let layers = request.lowers + request.mounts.flatMap(\.lowers)
            guard try layers.allSatisfy({ try FileSystem.statusIfPresent($0) != nil }) else {
                throw ChalkError(
                    .notFound, "the layers below the failed step are no longer unpacked; build it again")
            }
            say("the step that failed is \(kept.words)")
            request.arguments = options.words.isEmpty ? ImageStore.shell(of: request) : options.words
            for secret in kept.secrets {
                guard let value = options.secrets[secret.id] else {
                    say("the secret \"\(secret.id)\" is not there; give it again with --secret")
                    continue
                }
                request.mounts.append(
                    .secret(
                        id: secret.id, content: value.bytes, destination: secret.destination,
                        access: secret.access))
            }
            request.extraEnvironment += options.environment
            return try executor.runContainer(
                request, terminal: options.isTerminal, kept: name, cancellation: cancellation
            ).shellStatus
        }
    }

    /// The shell that ran the step's command, without the command.
    private static func shell(of request: StepRequest) -> [String] {
        guard request.arguments.count == 3, request.arguments[1].hasPrefix("-"),
            let shell = request.arguments.first
        else { return ["/bin/sh"] }
        return [shell]
    }
}

extension StepMount {
    /// The layers that it needs to be unpacked.
    fileprivate var lowers: [String] {
        switch self {
        case .tree(let tree, _, _): tree.lowers
        case .cache(_, _, _, let seed, _): seed?.lowers ?? []
        case .bind, .tmpfs, .file, .secret, .agent: []
        }
    }
}
