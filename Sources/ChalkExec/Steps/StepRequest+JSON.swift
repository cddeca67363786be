internal import ChalkOCI

/// The form in which a request travels to the worker, which is always the same build of the same program.
extension StepRequest {
    var json: JSON {
        .object(present: [
            ("lowers", .strings(lowers)),
            ("arguments", .strings(arguments)),
            ("environment", .strings(environment)),
            ("extraEnvironment", .strings(extraEnvironment)),
            ("workingDirectory", .string(workingDirectory)),
            ("user", .string(user)),
            ("hostname", .string(hostname)),
            ("network", .string(network.rawValue)),
            ("extraHosts", .array(extraHosts.map { .strings([$0.name, $0.address]) })),
            ("mounts", .array(mounts.map(\.json))),
            ("hostCertificates", hostCertificates.map { .string($0) }),
            ("sourceDateEpoch", sourceDateEpoch.map { .integer($0) }),
            ("layer", layer),
        ])
    }

    init(json: JSON) throws {
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
        mounts = try json.field("mounts").asArray().map { try StepMount(json: $0) }
        hostCertificates = json["hostCertificates"]?.string
        sourceDateEpoch = json["sourceDateEpoch"]?.integer
        layer = json["layer"]
    }
}

extension StepMount {
    fileprivate var json: JSON {
        func owned(_ kind: String, _ mode: UInt32, _ uid: UInt32, _ gid: UInt32) -> [(String, JSON?)] {
            [
                ("kind", .string(kind)), ("destination", .string(destination)),
                ("mode", .integer(Int64(mode))),
                ("uid", .integer(Int64(uid))), ("gid", .integer(Int64(gid))),
            ]
        }
        switch self {
        case .bind(let source, _, let readOnly):
            return .object(present: [
                ("kind", .string("bind")), ("destination", .string(destination)), ("source", .string(source)),
                ("readOnly", .bool(readOnly)),
            ])
        case .cache(let source, _, let mode, let uid, let gid):
            return .object(present: owned("cache", mode, uid, gid) + [("source", .string(source))])
        case .tmpfs(_, let size):
            return .object(present: [
                ("kind", .string("tmpfs")), ("destination", .string(destination)),
                ("size", size.map { .integer($0) }),
            ])
        case .secret(let content, _, let mode, let uid, let gid):
            return .object(
                present: owned("secret", mode, uid, gid) + [("content", .string(Hexadecimal.encode(content)))]
            )
        }
    }

    fileprivate init(json: JSON) throws {
        func number(_ name: String) throws -> UInt32 {
            guard let value = UInt32(exactly: try json.field(name).asInteger()) else {
                throw ExecError.badMessage(name)
            }
            return value
        }
        let destination = try json.field("destination").asString()
        switch try json.field("kind").asString() {
        case "bind":
            self = .bind(
                source: try json.field("source").asString(), destination: destination,
                readOnly: json["readOnly"]?.bool ?? true)
        case "cache":
            self = .cache(
                source: try json.field("source").asString(), destination: destination,
                mode: try number("mode"),
                uid: try number("uid"), gid: try number("gid"))
        case "tmpfs":
            self = .tmpfs(destination: destination, size: json["size"]?.integer)
        case "secret":
            self = .secret(
                content: try json.field("content").asHexadecimal(), destination: destination,
                mode: try number("mode"), uid: try number("uid"), gid: try number("gid"))
        default:
            throw ExecError.badMessage("kind")
        }
    }
}
