/// Reads the `key=value,…` text of `--mount`.
enum RunMountOptions {
    private static let keys = [
        "type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw",
        "id",
        "sharing", "required", "size", "mode", "uid", "gid", "env",
    ]

    /// The `from` of a text that may still hold variables elsewhere.
    static func stage(in text: String) throws(DockerfileError) -> String? {
        var stage: String?
        for field in try CommaFields.cut(text, flag: "--mount") {
            let (key, value) = CommaFields.option(field)
            guard key == "from", let value else { continue }
            if let dollar = value.utf8.firstIndex(of: UInt8(ascii: "$")),
                value.utf8.index(after: dollar) != value.utf8.endIndex
            {
                throw DockerfileError(
                    .flag, "from of --mount cannot use variables; name a stage with FROM and mount from that")
            }
            stage = value.isEmpty ? nil : value
        }
        return stage
    }

    /// Options count in their order: `required` and `size` look at the type so far.
    static func parse(_ text: String, _ expander: WordExpander) throws(DockerfileError) -> RunMount {
        var mount = RunMount()
        var isReadOnly: Bool?
        for field in try CommaFields.cut(text, flag: "--mount") {
            let (key, written) = CommaFields.option(field)
            guard let written else {
                switch key {
                case "readonly", "ro": isReadOnly = true
                case "readwrite", "rw": isReadOnly = false
                case "required": try require(true, &mount)
                default:
                    throw DockerfileError(.flag, "\"\(field)\" in --mount is not written key=value")
                }
                continue
            }
            let value = try expander.word(written) as String
            switch key {
            case "readonly", "ro": isReadOnly = try bool(value, key)
            case "readwrite", "rw": isReadOnly = !(try bool(value, key))
            case "required": try require(try bool(value, key), &mount)
            default: try set(key, value, &mount)
            }
        }
        mount.isReadOnly = isReadOnly ?? (mount.kind != .cache && mount.kind != .tmpfs)
        try check(mount)
        return mount
    }

    private static func set(
        _ key: String, _ value: String, _ mount: inout RunMount
    ) throws(DockerfileError) {
        let nonEmpty = value.isEmpty ? nil : value
        switch key {
        case "type":
            guard let kind = RunMount.Kind(rawValue: value.lowercased()) else {
                let known = RunMount.Kind.allCases.map(\.rawValue)
                throw DockerfileError(
                    .flag, "--mount has no type \"\(value)\"\(Suggestion(for: value, among: known))")
            }
            mount.kind = kind
        case "from": mount.from = nonEmpty
        case "source", "src": mount.source = nonEmpty
        case "target", "dst", "destination": mount.target = nonEmpty
        case "id": mount.id = nonEmpty
        case "env": mount.environmentName = value
        case "size":
            guard mount.kind == .tmpfs else { throw misplaced(key, mount) }
            guard let size = ByteSize.bytes(value) else { throw wrong(value, key) }
            mount.sizeLimit = size
        case "sharing":
            guard let sharing = RunMount.Sharing(rawValue: value.lowercased()) else {
                throw wrong(value, key)
            }
            mount.sharing = sharing
        case "mode": mount.mode = try number(value, key, radix: 8)
        case "uid": mount.uid = try number(value, key, radix: 10)
        case "gid": mount.gid = try number(value, key, radix: 10)
        default:
            throw DockerfileError(
                .flag, "--mount has no option \"\(key)\"\(Suggestion(for: key, among: keys))")
        }
    }

    private static func require(_ value: Bool, _ mount: inout RunMount) throws(DockerfileError) {
        guard mount.kind == .secret || mount.kind == .ssh else { throw misplaced("required", mount) }
        mount.isRequired = value
    }

    private static func check(_ mount: RunMount) throws(DockerfileError) {
        let kind = mount.kind.rawValue
        if mount.kind == .bind || mount.kind == .tmpfs {
            for (name, value) in [("mode", mount.mode), ("uid", mount.uid), ("gid", mount.gid)]
            where value != nil {
                throw DockerfileError(.flag, "a \(kind) mount has no \(name)")
            }
        }
        if mount.sharing != nil, mount.kind != .cache {
            throw DockerfileError(.flag, "a \(kind) mount has no sharing; only a cache has")
        }
        if mount.kind == .ssh, mount.source != nil {
            throw DockerfileError(.flag, "an ssh mount has no source; use id")
        }
        guard mount.kind == .secret else { return }
        if mount.from != nil { throw DockerfileError(.flag, "a secret mount has no from") }
        if mount.source != nil, mount.id != nil {
            throw DockerfileError(.flag, "a secret mount has both source and id; keep id")
        }
        if mount.source == nil, mount.id == nil, mount.target == nil {
            throw DockerfileError(.flag, "a secret mount needs an id, source or target")
        }
    }

    private static func number(
        _ value: String, _ key: String, radix: Int
    ) throws(DockerfileError) -> UInt32 {
        // Signs are accepted by the standard parser and refused here.
        guard value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt32(value, radix: radix)
        else { throw wrong(value, key) }
        return number
    }

    private static func bool(_ value: String, _ key: String) throws(DockerfileError) -> Bool {
        guard let bool = CommaFields.bool(value) else { throw wrong(value, key) }
        return bool
    }

    private static func wrong(_ value: String, _ key: String) -> DockerfileError {
        DockerfileError(.flag, "\(key) of --mount cannot be \"\(value)\"")
    }

    private static func misplaced(_ key: String, _ mount: RunMount) -> DockerfileError {
        DockerfileError(
            .flag, "a \(mount.kind.rawValue) mount has no \(key); write type= before it, or leave it out")
    }
}
