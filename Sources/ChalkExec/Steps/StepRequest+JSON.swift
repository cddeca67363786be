package import ChalkOCI

/// The form in which a request travels to the worker, which is always the same build of the same program.
extension StepRequest {
    /// The whole request.
    package var json: JSON { json(isKept: false) }

    /// - Parameter isKept: for a document on a disk: without the bytes of secrets and keys, and without
    ///   ``extraEnvironment``.
    func json(isKept: Bool) -> JSON {
        .object(present: [
            ("lowers", .strings(lowers)),
            ("arguments", .strings(arguments)),
            ("environment", .strings(environment)),
            ("extraEnvironment", .strings(isKept ? [] : extraEnvironment)),
            ("workingDirectory", .string(workingDirectory)),
            ("user", .string(user)),
            ("hostname", .string(hostname)),
            ("network", .string(network.rawValue)),
            ("extraHosts", .array(extraHosts.map { .strings([$0.name, $0.address]) })),
            ("mounts", .array(mounts.map { $0.json(isKept: isKept) })),
            ("limits", limits.json),
            ("hostCertificates", hostCertificates.map { .string($0) }),
            ("sourceDateEpoch", sourceDateEpoch.map { .integer($0) }),
            ("layer", layer),
        ])
    }

    /// A request that ``json`` was made of.
    package init(json: JSON) throws {
        self.init(
            lowers: try json.field("lowers").asStrings(), arguments: try json.field("arguments").asStrings())
        environment = try json.field("environment").asStrings()
        extraEnvironment = try json.field("extraEnvironment").asStrings()
        workingDirectory = try json.field("workingDirectory").asString()
        user = try json.field("user").asString()
        hostname = try json.field("hostname").asString()
        network = Network(rawValue: try json.field("network").asString()) ?? .none
        extraHosts = try json.field("extraHosts").asArray().map { entry in
            let parts = try entry.asStrings()
            guard parts.count == 2 else { throw ExecError.badMessage("extraHosts") }
            return HostEntry(name: parts[0], address: parts[1])
        }
        mounts = try json.field("mounts").asArray().compactMap { try StepMount(json: $0) }
        limits = try StepLimits(json: try json.field("limits"))
        hostCertificates = json["hostCertificates"]?.string
        sourceDateEpoch = json["sourceDateEpoch"]?.integer
        layer = json["layer"]
    }
}
