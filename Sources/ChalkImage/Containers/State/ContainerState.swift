internal import ChalkExec
internal import ChalkOCI
internal import ChalkSystem

/// Where a container is in its life: written again by its supervisor whenever that changes.
struct ContainerState: Hashable, Sendable {
    var status = ContainerInfo.Status.starting
    /// Where it is found while it runs.
    var place: ContainerPlace?
    /// Its process.
    var process: ProcessMark?
    /// Seconds since 1970.
    var finished: Int64?
    var end: ContainerInfo.End?
}

extension ContainerState {
    var json: JSON {
        .object(present: [
            ("status", .string(status.rawValue)), ("place", place?.json), ("process", process?.json),
            ("finished", finished.map { .integer($0) }),
            ("exitCode", end.map { .integer(Int64($0.exitCode)) }),
            ("signal", end?.signal.map { .integer(Int64($0)) }),
            ("outOfMemory", end.map { .bool($0.ranOutOfMemory) }),
            ("reason", end?.reason.map { .string($0) }),
        ])
    }

    /// A state that ``json`` was made of; nil for anything else.
    init?(json: JSON) {
        guard let status = json["status"]?.string.flatMap({ ContainerInfo.Status(rawValue: $0) }) else {
            return nil
        }
        self.status = status
        place = try? json["place"].map { try ContainerPlace(json: $0) }
        process = try? json["process"].map { try ProcessMark(json: $0) }
        finished = json["finished"]?.integer
        if let code = json["exitCode"]?.integer {
            end = .init(
                exitCode: Int32(truncatingIfNeeded: code),
                signal: json["signal"]?.integer.map { Int32(truncatingIfNeeded: $0) },
                ranOutOfMemory: json["outOfMemory"]?.bool ?? false, reason: json["reason"]?.string)
        }
    }
}

extension ContainerInfo.End {
    init(_ end: ChildProcess.End, ranOutOfMemory: Bool = false, reason: String? = nil) {
        var signal: Int32?
        if case .signalled(let number) = end { signal = number }
        self.init(
            exitCode: end.shellStatus, signal: signal, ranOutOfMemory: ranOutOfMemory, reason: reason)
    }
}

/// A container as it is found in the store.
struct ContainerEntry: Hashable, Sendable {
    let record: ContainerRecord
    let state: ContainerState

    /// The same for callers of the library.
    var info: ContainerInfo {
        ContainerInfo(
            id: record.id, name: record.name, status: state.status, image: record.image,
            imageDigest: record.imageDigest, command: record.arguments,
            processID: state.status == .exited ? nil : state.process?.id, created: record.created,
            finished: state.finished, end: state.end, ports: record.ports)
    }

    /// The object of `inspect`.
    var json: JSON {
        let shown = state.status == .exited ? ["place", "process"] : []
        let members = (state.json.members ?? []).filter { !shown.contains($0.name) }
        return .object(
            (record.json.members ?? []) + members
                + (info.processID.map { [.init("pid", .integer(Int64($0)))] } ?? []))
    }
}
