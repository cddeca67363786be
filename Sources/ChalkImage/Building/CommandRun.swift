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

    /// Executes the command.
    ///
    /// - Returns: the layer of its changes, nil when it changed nothing, and what that took.
    /// - Throws: ``CommandExit`` when it ends with another status than 0.
    func execute(on layers: [BuiltLayer], key: CacheKey) throws -> (BuiltLayer?, StepCost?) {
        try session.fetcher.fetch(layers.map(\.descriptor))
        let snapshot = try session.snapshots.snapshot(layers, cancellation: session.cancellation)
        let log = try session.store.logs.start(key)
        let tail = LogTailLines(limit: 20)
        let ingest = try session.store.ingest(.deferred)
        let (request, mounts) = try self.request(snapshot)
        let result = try session.executor.run(
            request,
            output: { piece in
                try log.write(piece.bytes)
                tail.take(piece.bytes)
                session.report(
                    .stepOutput(report, piece.stream == .output ? .stdout : .stderr, piece.bytes))
            }, layer: ingest, cancellation: session.cancellation)
        withExtendedLifetime((snapshot, mounts)) {}
        for warning in result.warnings { session.report(.warning(warning)) }
        defer { try? result.changes.remove() }
        switch result.end {
        case .exited(0): break
        case .exited(let status):
            throw CommandExit(
                status: status, signal: nil, log: tail.lines,
                hint: status == 127 ? operation.missingProgramHint : nil)
        case .signalled(let signal):
            throw CommandExit(status: nil, signal: signal, log: tail.lines, hint: nil)
        }
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
                    mediaType: session.compression.mediaType, digest: blob.digest, size: blob.size),
                diffID: layer.diffID), layer.cost
        )
    }

    private func request(_ snapshot: Snapshot) throws -> (StepRequest, HeldMounts) {
        let options = session.options
        var request = StepRequest(lowers: snapshot.directories, arguments: operation.arguments)
        request.environment = operation.environment
        request.extraEnvironment = options.stepEnvironment
        request.workingDirectory = operation.workingDirectory
        request.user = operation.user
        request.network = operation.isolatedNetwork ? .none : .host
        request.sourceDateEpoch = options.epoch.seconds
        if let bundle = options.hostCertificates {
            request.hostCertificates = bundle
            request.extraEnvironment += CommandRun.certificateVariables(besides: options.runEnvironment)
        }
        let held = HeldMounts()
        for mount in operation.mounts {
            switch mount {
            case .cache(let id, let target, let mode, let uid, let gid, let readOnly):
                let lock = try session.store.cacheMounts.lock(id, .shared)
                held.keep(lock)
                let path = try session.store.cacheMounts.path(id)
                request.mounts.append(
                    readOnly
                        ? .bind(source: path, destination: target, readOnly: true)
                        : .cache(source: path, destination: target, mode: mode, uid: uid, gid: gid))
            case .temporary(let target, let size):
                request.mounts.append(.tmpfs(destination: target, size: size))
            case .file(let target, let contents):
                request.mounts.append(.secret(content: contents, destination: target, mode: 0o755))
            }
        }
        request.layer =
            LayerOrder(
                compression: session.compression, epoch: options.epoch, isRootless: CurrentProcess.userID != 0
            ).json
        return (request, held)
    }

    /// Variables that make tools with a bundle of their own use the host's, unless the caller set them.
    private static func certificateVariables(besides given: [String]) -> [String] {
        ["PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
            .filter { name in !given.contains { $0.hasPrefix(name + "=") } }
            .map { "\($0)=/etc/ssl/certs/ca-certificates.crt" }
    }
}

/// Keeps the locks of cache mounts for as long as a step runs.
private final class HeldMounts {
    private var locks: [Lock] = []

    private final class Lock {
        let lock: FileLock
        init(_ lock: consuming FileLock) { self.lock = lock }
    }

    func keep(_ lock: consuming FileLock) {
        locks.append(Lock(lock))
    }
}

/// The last lines of a stream.
private final class LogTailLines {
    private let limit: Int
    private var complete: [String] = []
    private var rest: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    func take(_ bytes: [UInt8]) {
        for byte in bytes {
            if byte == 0x0A {
                complete.append(String(decoding: rest, as: UTF8.self))
                if complete.count > limit { complete.removeFirst() }
                rest = []
            } else if rest.count < 4096 {
                rest.append(byte)
            }
        }
    }

    var lines: [String] {
        Array((complete + (rest.isEmpty ? [] : [String(decoding: rest, as: UTF8.self)])).suffix(limit))
    }
}
