internal import ChalkExec
internal import ChalkOCI

/// All that the supervisor of a container is told. It may hold secrets, so it is never written to a disk.
struct SupervisedJob {
    /// The store's path.
    var store: String
    /// The container's record, as it lies on the disk.
    var record: ContainerRecord
    var request: StepRequest
    var volumes: [VolumeMount]
    /// The path of the OCI runtime.
    var runtime: String
    /// Seconds; nil for no limit.
    var lifetime: Double?
    /// Whether standard input, on which nothing comes, stays open.
    var keepsInputOpen = false
}

extension SupervisedJob {
    var json: JSON {
        .object(present: [
            ("store", .string(store)), ("record", record.json), ("request", request.json),
            (
                "volumes",
                .array(volumes.map { .array([.string($0.name), .string($0.path), .bool($0.isReadOnly)]) })
            ),
            ("runtime", .string(runtime)),
            ("lifetime", lifetime.map { .integer(Int64(($0 * 1_000).rounded(.up))) }),
            ("keepsInputOpen", .bool(keepsInputOpen)),
        ])
    }

    init(json: JSON) throws {
        func damaged() -> ChalkError { ChalkError(.failed, "cannot understand what to supervise") }
        guard let store = json["store"]?.string, let runtime = json["runtime"]?.string,
            let record = json["record"].flatMap({ ContainerRecord(json: $0) }), let request = json["request"]
        else { throw damaged() }
        self.init(
            store: store, record: record, request: try StepRequest(json: request), volumes: [],
            runtime: runtime, lifetime: json["lifetime"]?.integer.map { Double($0) / 1_000 },
            keepsInputOpen: json["keepsInputOpen"]?.bool ?? false)
        volumes = try (json["volumes"]?.array ?? []).map { entry in
            guard let parts = entry.array, parts.count == 3, let name = parts[0].string,
                let path = parts[1].string, let isReadOnly = parts[2].bool
            else { throw damaged() }
            return try VolumeMount(name: name, path: path, isReadOnly: isReadOnly)
        }
    }
}
