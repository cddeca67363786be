internal import ChalkArchive
internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// Runs one command on a stack of layers and takes in what it changed.
struct CommandRun {
    let session: BuildSession
    let step: Step
    let operation: RunOperation
    let report: StepReport
    /// The files that the step mounts.
    let trees: [RunMountOperation.Tree: MountedTrees.Tree]

    /// Executes the command.
    ///
    /// - Returns: the layer of its changes, nil when it changed nothing, and what that took.
    /// - Throws: ``CommandExit`` when it ends with another status than 0.
    func execute(on layers: [BuiltLayer], key: CacheKey) throws -> (BuiltLayer?, StepCost?) {
        let snapshot = try session.snapshot(of: layers)
        let mounts = try StepMounts(operation, session: session, trees: trees)
        let output = CommandOutput(
            log: try session.store.logs.start(key), secrets: mounts.secrets,
            report: { [session, report] in session.report(.stepOutput(report, $0, $1)) })
        let ingest = try session.store.ingest(.deferred)
        let result = try session.executor.run(
            request(snapshot, mounts), output: { try output.take($0.stream, $0.bytes) }, layer: ingest,
            cancellation: session.cancellation)
        try output.end()
        withExtendedLifetime((snapshot, mounts)) {}
        for warning in result.warnings { session.report(.warning(warning)) }
        if let exit = exit(result.end, output.tail) { throw exit }
        defer { try? result.changes.remove() }
        guard let answer = result.layer else {
            throw ChalkError(.failed, "the worker ran \(step.shortTitle) but made no layer")
        }
        let layer = try LayerAnswer(json: answer)
        for socket in layer.sockets {
            session.report(.warning("\(step.shortTitle) left the socket /\(socket), which no layer can hold"))
        }
        if layer.entryCount == 0 { return (nil, layer.cost) }
        let blob = try ingest.commit()
        return (
            BuiltLayer(
                descriptor: Descriptor(
                    mediaType: session.compression.mediaType, digest: blob.digest, size: blob.size,
                    annotations: layer.annotations),
                diffID: layer.diffID), layer.cost
        )
    }

    /// How the command failed; nil when it did not.
    private func exit(_ end: ChildProcess.End, _ tail: [String]) -> CommandExit? {
        switch end {
        case .exited(0): return nil
        case .exited(let status):
            var hint: String?
            if status == 127 { hint = operation.missingProgramHint }
            if status == 137, session.options.limits.memory != nil {
                hint = "something killed it; --memory may be too little"
            }
            return CommandExit(status: status, signal: nil, log: tail, hint: hint)
        case .signalled(let signal):
            return CommandExit(status: nil, signal: signal, log: tail, hint: nil)
        }
    }

    private func request(_ snapshot: Snapshot, _ mounts: StepMounts) -> StepRequest {
        let options = session.options
        var request = StepRequest(lowers: snapshot.directories, arguments: operation.arguments)
        request.environment = operation.environment
        request.extraEnvironment = options.stepEnvironment + mounts.variables
        request.workingDirectory = operation.workingDirectory
        request.user = operation.user
        request.network = operation.isolatedNetwork ? .none : .host
        request.extraHosts = operation.hosts.map { .init(name: $0.name, address: $0.address) }
        request.limits = options.limits.stepLimits
        request.sourceDateEpoch = options.epoch.seconds
        if let bundle = options.hostCertificates {
            request.hostCertificates = bundle
            request.extraEnvironment += CommandRun.certificateVariables(besides: options.runEnvironment)
        }
        request.mounts = mounts.mounts
        request.keptAs = step.origin.map { "\($0): \(step.title)" } ?? step.title
        request.layer =
            LayerOrder(
                compression: session.compression, epoch: options.epoch, isRootless: CurrentProcess.userID != 0
            ).json
        return request
    }

    /// Variables that make tools with a bundle of their own use the host's, unless the caller set them.
    private static func certificateVariables(besides given: [String]) -> [String] {
        ["PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
            .filter { name in !given.contains { $0.hasPrefix(name + "=") } }
            .map { "\($0)=/etc/ssl/certs/ca-certificates.crt" }
    }
}
