internal import ChalkOCI

/// The form in which mounts travel to the worker, as members of one object with a `kind`.
extension StepMount {
    /// - Parameter isKept: for a document on a disk: without the bytes of secrets and keys.
    func json(isKept: Bool = false) -> JSON {
        var members: [(String, JSON?)] = [("destination", .string(destination))]
        func add(_ kind: String, _ more: [(String, JSON?)]) {
            members = [("kind", .string(kind))] + members + more
        }
        switch self {
        case .bind(let source, _, let readOnly):
            add("bind", [("source", .string(source)), ("readOnly", .bool(readOnly))])
        case .tree(let tree, _, let readOnly):
            add("tree", [("tree", tree.json), ("readOnly", .bool(readOnly))])
        case .cache(let source, _, let access, let seed, let readOnly):
            add(
                "cache",
                access.members + [
                    ("source", .string(source)), ("tree", seed?.json), ("readOnly", .bool(readOnly)),
                ])
        case .tmpfs(_, let size): add("tmpfs", [("size", size.map { .integer($0) })])
        case .file(let content, _, let access):
            add("file", access.members + [("content", .string(Hexadecimal.encode(content)))])
        case .secret(let id, let content, _, let access):
            let bytes = isKept ? nil : JSON.string(Hexadecimal.encode(content))
            add("secret", access.members + [("id", .string(id)), ("content", bytes)])
        case .agent(.socket(let path), _, let access):
            add("agent", access.members + [("source", .string(path))])
        case .agent(.keys(let keys), _, let access):
            let list = keys.map { JSON.strings([$0.name, Hexadecimal.encode($0.content)]) }
            add("agent", access.members + [("keys", isKept ? nil : .array(list))])
        }
        return .object(present: members)
    }

    /// A mount that ``json(isKept:)`` was made of; nil for one whose bytes were not kept.
    init?(json: JSON) throws {
        let destination = try json.field("destination").asString()
        let readOnly = json["readOnly"]?.bool ?? true
        switch try json.field("kind").asString() {
        case "bind":
            self = .bind(
                source: try json.field("source").asString(), destination: destination, readOnly: readOnly)
        case "tree":
            self = .tree(
                try Tree(json: try json.field("tree")), destination: destination, readOnly: readOnly)
        case "cache":
            self = .cache(
                source: try json.field("source").asString(), destination: destination,
                access: try Access(json: json), seed: try json["tree"].map { try Tree(json: $0) },
                readOnly: readOnly)
        case "tmpfs": self = .tmpfs(destination: destination, size: json["size"]?.integer)
        case "file":
            self = .file(
                content: try json.field("content").asHexadecimal(), destination: destination,
                access: try Access(json: json))
        case "secret":
            guard let content = try json["content"]?.asHexadecimal() else { return nil }
            self = .secret(
                id: try json.field("id").asString(), content: content, destination: destination,
                access: try Access(json: json))
        case "agent":
            if let path = json["source"]?.string {
                self = .agent(.socket(path), destination: destination, access: try Access(json: json))
                return
            }
            guard let keys = try json["keys"]?.asArray() else { return nil }
            self = .agent(
                .keys(try keys.map { try Agent.Key(json: $0) }), destination: destination,
                access: try Access(json: json))
        default: throw ExecError.badMessage("kind")
        }
    }
}

extension StepMount.Tree {
    fileprivate var json: JSON { .object([.init("lowers", .strings(lowers)), .init("path", .string(path))]) }

    fileprivate init(json: JSON) throws {
        self.init(
            lowers: try json.field("lowers").asStrings(), path: try json.field("path").asString())
    }
}

extension StepMount.Access {
    fileprivate var members: [(String, JSON?)] {
        [
            ("mode", .integer(Int64(mode))), ("uid", .integer(Int64(uid))), ("gid", .integer(Int64(gid))),
        ]
    }

    init(json: JSON) throws {
        func number(_ name: String) throws -> UInt32 {
            guard let value = UInt32(exactly: try json.field(name).asInteger()) else {
                throw ExecError.badMessage(name)
            }
            return value
        }
        self.init(try number("mode"), uid: try number("uid"), gid: try number("gid"))
    }
}

extension StepMount.Agent.Key {
    fileprivate init(json: JSON) throws {
        guard let words = json.array, words.count == 2 else { throw ExecError.badMessage("a key") }
        self.init(name: try words[0].asString(), content: try words[1].asHexadecimal())
    }
}
