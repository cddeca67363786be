internal import ChalkOCI
internal import ChalkSystem

/// What a container was started as: written once, before anything starts. Never a secret.
struct ContainerRecord: Hashable, Sendable {
    /// Something mounted into it, for people.
    struct Mount: Hashable, Sendable {
        /// `group`, `volume`.
        var kind: String
        /// The group's digest, the volume's name.
        var source: String
        /// Absolute, inside.
        var destination: String
        var isReadOnly: Bool
    }

    let id: String
    var name: String?
    /// The image as it was called.
    var image: String
    var imageDigest: Digest
    /// Program and arguments.
    var arguments: [String]
    /// `NAME=value`, without what came from secrets.
    var environment: [String]
    var workingDirectory: String
    var user: String
    var ports: [PublishedPort] = []
    var mounts: [Mount] = []
    /// What each secret says of itself.
    var secrets: [String] = []
    var cpu: String?
    var memory: String?
    var isRemovedAtEnd = false
    /// The signal that asks it to end.
    var stopSignal = Signals.terminate
    /// Seconds since 1970.
    var created: Int64
    /// ``Machine/bootID()`` of the machine's run that it belongs to.
    var boot: String

    /// The name of its control group.
    var cgroup: String { "chalk-image-\(id)" }
    /// The name, else the ID.
    var title: String { name ?? id }
}

extension ContainerRecord {
    var json: JSON {
        .object(present: [
            ("id", .string(id)), ("name", name.map { .string($0) }), ("image", .string(image)),
            ("imageDigest", .string(imageDigest.description)), ("command", .strings(arguments)),
            ("env", .strings(environment)), ("workdir", .string(workingDirectory)), ("user", .string(user)),
            ("ports", .array(ports.map { .integer(Int64($0.number)) })),
            (
                "mounts",
                .array(
                    mounts.map {
                        .object([
                            .init("kind", .string($0.kind)), .init("source", .string($0.source)),
                            .init("destination", .string($0.destination)),
                            .init("readOnly", .bool($0.isReadOnly)),
                        ])
                    })
            ),
            ("secrets", .strings(secrets)), ("cpu", cpu.map { .string($0) }),
            ("memory", memory.map { .string($0) }), ("removedAtEnd", .bool(isRemovedAtEnd)),
            ("stopSignal", .integer(Int64(stopSignal))), ("created", .integer(created)),
            ("boot", .string(boot)),
        ])
    }

    /// A record that ``json`` was made of; nil for anything else.
    init?(json: JSON) {
        guard let id = json["id"]?.string, let image = json["image"]?.string,
            let digest = json["imageDigest"]?.string.flatMap({ Digest($0) }),
            let arguments = json["command"]?.strings, let environment = json["env"]?.strings,
            let created = json["created"]?.integer, let boot = json["boot"]?.string
        else { return nil }
        self.init(
            id: id, name: json["name"]?.string, image: image, imageDigest: digest, arguments: arguments,
            environment: environment, workingDirectory: json["workdir"]?.string ?? "/",
            user: json["user"]?.string ?? "", created: created, boot: boot)
        ports = (json["ports"]?.array ?? []).compactMap { $0.integer }.compactMap { UInt16(exactly: $0) }
            .map { PublishedPort($0) }
        mounts = (json["mounts"]?.array ?? []).compactMap { mount in
            guard let kind = mount["kind"]?.string, let source = mount["source"]?.string,
                let destination = mount["destination"]?.string
            else { return nil }
            return Mount(
                kind: kind, source: source, destination: destination,
                isReadOnly: mount["readOnly"]?.bool ?? false)
        }
        secrets = json["secrets"]?.strings ?? []
        cpu = json["cpu"]?.string
        memory = json["memory"]?.string
        isRemovedAtEnd = json["removedAtEnd"]?.bool ?? false
        stopSignal = json["stopSignal"]?.integer.flatMap { Int32(exactly: $0) } ?? Signals.terminate
    }
}
