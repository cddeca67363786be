internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkRegistry
internal import ChalkStore
package import ChalkSystem

extension ImageStore {
    /// Runs an image in the foreground on a throw-away copy, with this process' standard input and outputs.
    ///
    /// - Returns: what a shell would report: the exit status, or 128 and the signal.
    package func performRun(
        _ name: String, _ options: RunOptions, _ transfer: TransferOptions, cancellation: Cancellation
    ) throws -> Int32 {
        try ChalkError.wrap {
            let lock = try StoreLock.shared(content)
            return try withExtendedLifetime(lock) {
                let image = try stored(name)
                let client = RegistryClient(options: transfer.registryOptions, cancellation: cancellation)
                try BlobFetcher(store: content, client: client, report: { _ in }).fetch(image.manifest.layers)
                let layers = zip(image.manifest.layers, image.config.diffIDs).map {
                    BuiltLayer(descriptor: $0, diffID: $1)
                }
                let access = try SnapshotAccess(store: content)
                let snapshot = try access.snapshot(layers, cancellation: cancellation)
                var request = StepRequest(
                    lowers: snapshot.directories,
                    arguments: try arguments(image.config.runtime, options, name))
                var runtime = image.config.runtime
                for line in options.environment {
                    let variable = line.prefix { $0 != "=" }
                    runtime.set(String(variable), to: String(line.dropFirst(variable.count + 1)))
                }
                if runtime.value(of: "PATH") == nil { runtime.set("PATH", to: RuntimeConfig.defaultPath) }
                request.environment = runtime.environment
                request.workingDirectory = runtime.workingDirectory.isEmpty ? "/" : runtime.workingDirectory
                request.user = runtime.user
                request.network = options.isolatesNetwork ? .none : .host
                let executor = StepExecutor(
                    snapshots: access.snapshots, runtime: RuntimeChoice(named: options.runtime))
                let end = try executor.runContainer(
                    request, terminal: options.isTerminal, cancellation: cancellation)
                withExtendedLifetime(snapshot) {}
                return end.shellStatus
            }
        }
    }

    private func arguments(_ runtime: RuntimeConfig, _ options: RunOptions, _ name: String) throws -> [String]
    {
        let entrypoint = options.entrypoint.map { [$0] } ?? runtime.entrypoint ?? []
        let isReplaced = options.entrypoint != nil
        let words = options.words.isEmpty && !isReplaced ? runtime.command ?? [] : options.words
        guard !(entrypoint + words).isEmpty else {
            throw ChalkError(
                .invalidInput,
                "\(name) has neither ENTRYPOINT nor CMD; say what to run: chalk-image run \(name) -- PROGRAM")
        }
        return entrypoint + words
    }
}
