internal import ChalkOCI

/// An image and its groups as a Pod or Deployment: the groups are image volumes (KEP-4639), everything is named by digest.
struct KubernetesWorkload {
    /// What the repository is called, for the image and its groups alike.
    let repository: String
    let image: Digest
    let groups: [VolumeGroup]
    /// Ports that the image exposes: `8080/tcp`.
    let exposedPorts: [String]
    let name: String
    let options: KubernetesOptions

    private typealias Mount = (name: String, group: VolumeGroup)

    var document: String {
        let mounts = self.mounts
        let spec = YAML.map(present: [
            ("containers", .list([container(mounts)])),
            (
                "imagePullSecrets",
                .list(options.pullSecrets.map { .map(present: [("name", .text($0))]) })
            ),
            (
                "volumes",
                .list(
                    mounts.map { mount in
                        .map(present: [
                            ("name", .text(mount.name)),
                            (
                                "image",
                                .map(present: [
                                    ("reference", .text("\(repository)@\(mount.group.manifest)")),
                                    ("pullPolicy", .word(.ifNotPresent)),
                                ])
                            ),
                        ])
                    })
            ),
        ])
        let labels = YAML.map(present: [("app.kubernetes.io/name", .text(name))])
        let metadata = YAML.map(present: [
            ("name", .text(name)), ("namespace", options.namespace.map { .text($0) }), ("labels", labels),
        ])
        guard let replicas = options.replicas else {
            return YAML.map(present: [
                ("apiVersion", .word(.v1)), ("kind", .word(.pod)), ("metadata", metadata), ("spec", spec),
            ]).document
        }
        return YAML.map(present: [
            ("apiVersion", .word(.apps)), ("kind", .word(.deployment)), ("metadata", metadata),
            (
                "spec",
                .map(present: [
                    ("replicas", .number(replicas)),
                    ("selector", .map(present: [("matchLabels", labels)])),
                    (
                        "template",
                        .map(present: [
                            ("metadata", .map(present: [("labels", labels)])), ("spec", spec),
                        ])
                    ),
                ])
            ),
        ]).document
    }

    private func container(_ mounts: [Mount]) -> YAML {
        let amounts = YAML.map(present: [
            ("cpu", options.cpu.map { .text($0) }), ("memory", options.memory.map { .text($0) }),
        ])
        return .map(present: [
            ("name", .text(name)), ("image", .text("\(repository)@\(image)")),
            ("imagePullPolicy", .word(.ifNotPresent)),
            ("args", .list(options.arguments.map { .text(Self.literal($0)) })),
            (
                "ports",
                .list(
                    ports.map {
                        .map(present: [
                            ("containerPort", .number($0.number)), ("protocol", .text($0.transport)),
                        ])
                    })
            ), ("envFrom", .list(allOfSecrets)), ("env", .list(variables)),
            ("resources", .map(present: [("limits", amounts), ("requests", amounts)])),
            (
                "volumeMounts",
                .list(
                    mounts.map {
                        .map(present: [
                            ("name", .text($0.name)), ("mountPath", .text($0.group.mountPath)),
                            ("readOnly", .bool(true)),
                        ])
                    })
            ),
        ])
    }

    private var ports: [KubernetesOptions.Port] {
        if !options.ports.isEmpty { return options.ports }
        // What an image exposes is its author's text, perhaps a range of ports.
        return exposedPorts.sorted().compactMap { try? KubernetesOptions.Port($0) }
    }

    private var allOfSecrets: [YAML] {
        options.secrets.compactMap { source in
            guard case .all(let secret) = source else { return nil }
            return .map(present: [("secretRef", .map(present: [("name", .text(secret))]))])
        }
    }

    /// Variables by name, then those of keys of secrets in the order they were given.
    private var variables: [YAML] {
        let plain = options.environment.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
            YAML.map(present: [("name", .text($0.key)), ("value", .text(Self.literal($0.value)))])
        }
        let secret = options.secrets.compactMap { source -> YAML? in
            guard case .key(let variable, let secret, let key) = source else { return nil }
            return .map(present: [
                ("name", .text(variable)),
                (
                    "valueFrom",
                    .map(present: [
                        (
                            "secretKeyRef",
                            .map(present: [("name", .text(secret)), ("key", .text(key))])
                        )
                    ])
                ),
            ])
        }
        return plain + secret
    }

    /// Text in which Kubernetes finds no variable to expand: `$(NAME)` is written `$$(NAME)`.
    private static func literal(_ text: String) -> String {
        guard text.contains("$(") || text.contains("$$") else { return text }
        return text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
    }

    /// The groups with a name each, after their paths.
    private var mounts: [Mount] {
        var taken: Set<String> = []
        return groups.map { group in
            let base = KubernetesName.label(of: group.mountPath, limit: 56) ?? "group"
            let others = (2...).lazy.map { "\(base)-\($0)" }
            let name = taken.contains(base) ? others.first { !taken.contains($0) } ?? base : base
            taken.insert(name)
            return (name, group)
        }
    }
}
