internal import ChalkOCI

/// What a worker can be asked to do.
enum WorkerJob {
    /// Runs a step in a prepared ``WorkPlace``.
    case run(StepRequest, place: String, runtime: String, terminal: Bool)
    /// Unpacks layers, from the bottom up, one input each.
    case unpack([Unpacking], home: String, lowers: [String])
    /// Writes an upper directory's changes as a layer.
    case writeLayer(upper: String, lowers: [String], request: JSON)
    /// Removes trees below a directory.
    case removeTrees([String], directory: String)

    /// One layer to unpack: below `home`, under a temporary name first.
    struct Unpacking {
        var diffID: DiffID
        var temporary: String
        var final: String
    }

    func json(searchPath: String) -> JSON {
        var members: [(String, JSON?)] = [("searchPath", .string(searchPath))]
        switch self {
        case .run(let request, let place, let runtime, let terminal):
            members += [
                ("kind", .string("run")), ("request", request.json), ("place", .string(place)),
                ("runtime", .string(runtime)), ("terminal", .bool(terminal)),
            ]
        case .unpack(let layers, let home, let lowers):
            members += [
                ("kind", .string("unpack")), ("home", .string(home)), ("lowers", .strings(lowers)),
                (
                    "layers",
                    .array(layers.map { .strings([$0.diffID.description, $0.temporary, $0.final]) })
                ),
            ]
        case .writeLayer(let upper, let lowers, let request):
            members += [
                ("kind", .string("writeLayer")), ("upper", .string(upper)), ("lowers", .strings(lowers)),
                ("request", request),
            ]
        case .removeTrees(let names, let directory):
            members += [
                ("kind", .string("removeTrees")), ("names", .strings(names)),
                ("directory", .string(directory)),
            ]
        }
        return .object(present: members)
    }

    init(json: JSON) throws {
        switch try json.field("kind").asString() {
        case "run":
            self = .run(
                try StepRequest(json: try json.field("request")), place: try json.field("place").asString(),
                runtime: try json.field("runtime").asString(), terminal: json["terminal"]?.bool ?? false)
        case "unpack":
            let layers = try json.field("layers").asArray().map { entry in
                let words = try entry.asStrings()
                guard words.count == 3, let digest = Digest(words[0]) else {
                    throw ExecError.badMessage("a layer")
                }
                return Unpacking(diffID: DiffID(digest), temporary: words[1], final: words[2])
            }
            self = .unpack(
                layers, home: try json.field("home").asString(), lowers: try json.field("lowers").asStrings())
        case "writeLayer":
            self = .writeLayer(
                upper: try json.field("upper").asString(), lowers: try json.field("lowers").asStrings(),
                request: try json.field("request"))
        case "removeTrees":
            self = .removeTrees(
                try json.field("names").asStrings(), directory: try json.field("directory").asString())
        default:
            throw ExecError.badMessage("kind")
        }
    }
}
