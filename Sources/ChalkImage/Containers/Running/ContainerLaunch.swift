internal import ChalkExec
internal import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem

/// Makes all ready for a container and hands it to a supervisor: this process, or one in the background.
struct ContainerLaunch {
    let store: ImageStore
    let options: ContainerOptions
    let secrets: SecretSources
    let transfer: TransferOptions
    let cancellation: Cancellation

    /// Starts an image in the background.
    func start(_ image: String) throws -> String {
        try prepare(image) { job, claim in
            try SupervisorProcess.start(job, claim)
            return job.record.id
        }
    }

    /// Runs an image to its end, with this process' standard input and outputs.
    func run(_ image: String, terminal: Bool, _ relay: SignalRelay) throws -> ContainerInfo.End {
        try prepare(image) { job, claim in
            var connection = Supervisor.Connection()
            connection.input = 0
            connection.terminal = terminal
            connection.isAttached = true
            connection.relay = relay
            return try Supervisor(job: job, claim: claim).run(connection, cancellation: cancellation)
        }
    }

    private func prepare<T>(_ name: String, _ body: (SupervisedJob, ContainerClaim) throws -> T) throws -> T {
        let runtime = try RuntimeChoice(named: options.runtime).path()
        let (plan, held) = try unpack(name)
        let directory = try ContainerDirectory(store.content)
        if options.replacesOther, let name = options.name, let other = try directory.lookUp(name) {
            try store.stop(other, grace: Supervisor.grace)
        }
        let claim = try directory.claim(plan.record) { try check(plan.record, beside: $0) }
        let job = SupervisedJob(
            store: store.path, record: plan.record, request: plan.request, volumes: plan.volumes,
            runtime: runtime, lifetime: options.lifetime.map { $0 / .seconds(1) },
            keepsInputOpen: options.keepsInputOpen)
        // The supervisor holds all snapshots as long as it lives, and these are held until it does.
        return try withExtendedLifetime(held) { try body(job, claim) }
    }

    /// Finds out what is to be run, and unpacks what is not unpacked yet of the image and its groups.
    private func unpack(_ name: String) throws -> (ContainerPlan, held: [Snapshot]) {
        let content = store.content
        let lock = try StoreLock.shared(content)
        defer { withExtendedLifetime(lock) {} }
        let image = try store.stored(name)
        var plan = try ContainerPlan(
            image, called: name, groups: try store.groups(of: name), options, secrets)
        let layers = zip(image.manifest.layers, image.config.diffIDs).map {
            BuiltLayer(descriptor: $0, diffID: $1)
        }
        let stacks = [layers] + plan.groups.map { [BuiltLayer(descriptor: $0.layer, diffID: $0.diffID)] }
        let client = RegistryClient(options: transfer.registryOptions, cancellation: cancellation)
        try BlobFetcher(store: content, client: client, report: { _ in }).fetch(
            stacks.joined().map(\.descriptor))
        let access = try SnapshotAccess(store: content)
        let held = try stacks.map { try access.snapshot($0, cancellation: cancellation) }
        plan.request.lowers = held[0].directories
        for (group, snapshot) in zip(plan.groups, held.dropFirst()) {
            plan.request.mounts.append(
                .tree(
                    .init(lowers: snapshot.directories), destination: group.mountPath,
                    readOnly: options.hasReadOnlyGroups))
        }
        return (plan, held)
    }

    /// What other containers, or other programs, have already.
    private func check(_ record: ContainerRecord, beside others: [ContainerEntry]) throws {
        let running = others.filter { $0.state.status != .exited }
        if let name = record.name, let other = running.first(where: { $0.record.name == name }) {
            throw ChalkError(
                .invalidInput,
                "the name \(name) is taken by the container \(other.record.id), which runs; stop it, or say "
                    + "--replace")
        }
        for port in record.ports {
            if let other = running.first(where: { $0.record.ports.contains(port) }) {
                throw ChalkError(
                    .invalidInput, "the port \(port) is taken by the container \(other.record.title)")
            }
            guard try ListeningPort.isFree(port.number) else {
                throw ChalkError(
                    .invalidInput,
                    "the port \(port) is taken by another program; have the container listen on another one")
            }
        }
    }
}
