internal import ChalkOCI

/// What a worker can be asked to do.
enum WorkerJob {
    /// Runs a step in a prepared ``WorkPlace``. Where it is a container, the first input brings signals for it
    /// (``ProcessWatch``) and it is said when the process has started.
    case run(StepRequest, place: String, runtime: String, terminal: Bool, isContainer: Bool = false)
    /// Runs one more process in a container; the first input brings signals for it.
    case exec(ExecRequest, in: ContainerPlace)
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

    /// - Parameter cgroup: the name of the control group; nil for one that nobody else knows.
    func json(searchPath: String, cgroup: String? = nil) -> JSON {
        var members: [(String, JSON?)] = [
            ("searchPath", .string(searchPath)), ("cgroup", cgroup.map { .string($0) }),
        ]
        switch self {
        case .run(let request, let place, let runtime, let terminal, let isContainer):
            members += [
                ("kind", .string("run")), ("request", request.json), ("place", .string(place)),
                ("runtime", .string(runtime)), ("terminal", .bool(terminal)),
                ("isContainer", .bool(isContainer)),
            ]
        case .exec(let request, let place):
            members += [("kind", .string("exec")), ("request", request.json), ("joined", place.json)]
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
                runtime: try json.field("runtime").asString(), terminal: json["terminal"]?.bool ?? false,
                isContainer: json["isContainer"]?.bool ?? false)
        case "exec":
            self = .exec(
                try ExecRequest(json: try json.field("request")),
                in: try ContainerPlace(json: try json.field("joined")))
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
