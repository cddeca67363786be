extension ImageConfig {
    /// A config read from its bytes; members that neither OCI nor Docker know are left out.
    package init(parsing bytes: [UInt8]) throws(OCIError) {
        let json = try JSON.parse(bytes)
        guard let os = json["os"]?.string, let architecture = json["architecture"]?.string else {
            throw OCIError(.invalidDocument, "the image config names no os or no architecture")
        }
        self.init(platform: Platform(os: os, architecture: architecture, variant: json["variant"]?.string))
        created = json["created"]?.string
        author = json["author"]?.string
        runtime = RuntimeConfig(json: json["config"] ?? .null)
        for entry in json["rootfs"]?["diff_ids"]?.array ?? [] {
            guard let digest = entry.string.flatMap({ Digest($0) }) else {
                throw OCIError(.invalidDocument, "a diffID of the image config is not a sha256 digest")
            }
            diffIDs.append(DiffID(digest))
        }
        history = (json["history"]?.array ?? []).map { History(json: $0) }
    }

    /// The canonical bytes, whose digest is the image ID.
    package func encoded() -> [UInt8] {
        JSON.object(present: [
            ("created", created.map { .string($0) }), ("author", author.map { .string($0) }),
            ("architecture", .string(platform.architecture)), ("os", .string(platform.os)),
            ("variant", platform.variant.map { .string($0) }), ("config", runtime.json),
            (
                "rootfs",
                .object(present: [
                    ("type", .string("layers")), ("diff_ids", .strings(diffIDs.map(\.description))),
                ])
            ),
            ("history", history.isEmpty ? nil : .array(history.map(\.json))),
        ]).canonical()
    }
}

extension ImageConfig.History {
    init(json: JSON) {
        self.init(
            created: json["created"]?.string, createdBy: json["created_by"]?.string,
            author: json["author"]?.string, comment: json["comment"]?.string,
            emptyLayer: json["empty_layer"]?.bool ?? false)
    }

    var json: JSON {
        .object(present: [
            ("created", created.map { .string($0) }), ("created_by", createdBy.map { .string($0) }),
            ("author", author.map { .string($0) }), ("comment", comment.map { .string($0) }),
            ("empty_layer", emptyLayer ? .bool(true) : nil),
        ])
    }
}

extension RuntimeConfig {
    init(json: JSON) {
        self.init()
        user = json["User"]?.string ?? ""
        environment = json["Env"]?.strings ?? []
        entrypoint = json["Entrypoint"]?.strings
        command = json["Cmd"]?.strings
        workingDirectory = json["WorkingDir"]?.string ?? ""
        labels = json["Labels"]?.stringMap ?? [:]
        exposedPorts = Set((json["ExposedPorts"]?.members ?? []).map(\.name))
        volumes = Set((json["Volumes"]?.members ?? []).map(\.name))
        stopSignal = json["StopSignal"]?.string
        shell = json["Shell"]?.strings
        onBuild = json["OnBuild"]?.strings ?? []
        if let check = json["Healthcheck"], let test = check["Test"]?.strings {
            var value = Healthcheck(test: test)
            value.interval = check["Interval"]?.integer
            value.timeout = check["Timeout"]?.integer
            value.startPeriod = check["StartPeriod"]?.integer
            value.startInterval = check["StartInterval"]?.integer
            value.retries = check["Retries"]?.integer
            healthcheck = value
        }
    }

    package var json: JSON {
        func set(_ names: Set<String>) -> JSON? {
            names.isEmpty ? nil : .object(names.sorted().map { JSON.Member($0, .object([])) })
        }
        return .object(present: [
            ("User", user.isEmpty ? nil : .string(user)),
            ("ExposedPorts", set(exposedPorts)),
            ("Env", environment.isEmpty ? nil : .strings(environment)),
            ("Entrypoint", entrypoint.map { .strings($0) }),
            ("Cmd", command.map { .strings($0) }),
            ("Volumes", set(volumes)),
            ("WorkingDir", workingDirectory.isEmpty ? nil : .string(workingDirectory)),
            ("Labels", labels.isEmpty ? nil : .stringMap(labels)),
            ("StopSignal", stopSignal.map { .string($0) }),
            ("Shell", shell.map { .strings($0) }),
            ("OnBuild", onBuild.isEmpty ? nil : .strings(onBuild)),
            ("Healthcheck", healthcheck?.json),
        ])
    }
}

extension RuntimeConfig.Healthcheck {
    var json: JSON {
        .object(present: [
            ("Test", .strings(test)), ("Interval", interval.map { .integer($0) }),
            ("Timeout", timeout.map { .integer($0) }), ("StartPeriod", startPeriod.map { .integer($0) }),
            ("StartInterval", startInterval.map { .integer($0) }), ("Retries", retries.map { .integer($0) }),
        ])
    }
}
