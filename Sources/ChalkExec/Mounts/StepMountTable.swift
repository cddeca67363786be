internal import ChalkOCI
internal import ChalkSystem

/// What is mounted into a step besides the standard file systems, with the sources made ready on the worker's
/// private memory file system.
///
/// Host certificates: the bundle goes over /etc/ssl/certs/ca-certificates.crt where the image has one, else to a
/// place below /run, and SSL_CERT_FILE names it; an SSL_CERT_FILE that the step has already is covered as well.
struct StepMountTable {
    /// Entries for the bundle.
    private(set) var entries: [RuntimeBundle.MountEntry] = []
    /// Variables that the mounts bring along, `NAME=value`.
    private(set) var environment: [String] = []

    private static let bundle = "/etc/ssl/certs/ca-certificates.crt"
    private static let spareBundle = "/run/chalk-image/ca-certificates.crt"

    /// What is mounted already that later mounts may lie in.
    private var trees: [(destination: String, tree: MountedTree)] = []

    /// Mounts for `request`.
    ///
    /// - Parameters:
    ///   - scratch: an empty directory in memory.
    ///   - workshop: mounts parts of layers.
    init(
        _ request: StepRequest, points: inout MountPoints, scratch: String, workshop: TreeWorkshop
    ) throws {
        for directory in ["/proc", "/sys", "/dev"] {
            _ = try points.add(directory, isDirectory: true)
        }
        try addHostFiles(request, points: &points, scratch: scratch)
        try addCertificates(request, points: &points)
        // Others would be hidden by the one that comes after them.
        let depths = try request.mounts.map { try StepMountTable.depth(of: $0.destination) }
        let order = request.mounts.indices.sorted { (depths[$0], $0) < (depths[$1], $1) }
        for index in order {
            let mount = request.mounts[index]
            try add(mount, points: &points, scratch: "\(scratch)/\(index)", workshop: workshop)
            guard case .agent = mount,
                !request.environment.contains(where: { $0.hasPrefix("SSH_AUTH_SOCK=") })
            else { continue }
            let first = request.mounts.first { if case .agent = $0 { true } else { false } }
            if first == mount { environment.append("SSH_AUTH_SOCK=\(mount.destination)") }
        }
    }

    private static func depth(of destination: String) throws -> Int {
        guard destination.hasPrefix("/"), !destination.utf8.contains(0),
            PathText.normalized(destination) != "/"
        else {
            throw ExecError(
                .invalidRequest,
                "cannot mount on \"\(destination)\" inside the step: it is no absolute path below the root")
        }
        return PathText.normalized(destination).utf8.count { $0 == UInt8(ascii: "/") }
    }

    private mutating func addHostFiles(
        _ request: StepRequest, points: inout MountPoints, scratch: String
    ) throws {
        var resolver: [UInt8] = []
        var hosts = Array("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n".utf8)
        if request.network == .host {
            resolver = (try? FileSystem.read("/etc/resolv.conf", limit: 1 << 20)) ?? []
            hosts = (try? FileSystem.read("/etc/hosts", limit: 1 << 24)) ?? hosts
            if let last = hosts.last, last != 0x0A { hosts.append(0x0A) }
        }
        hosts += Array("127.0.0.1 \(request.hostname)\n".utf8)
        for entry in request.extraHosts { hosts += Array("\(entry.address) \(entry.name)\n".utf8) }
        for (name, content) in [("resolv.conf", resolver), ("hosts", hosts)] {
            let source = "\(scratch)/\(name)"
            try StepMountTable.write(content, to: source, mode: 0o644, uid: 0, gid: 0)
            try bind(source, on: "/etc/\(name)", isDirectory: false, readOnly: false, points: &points)
        }
    }

    private mutating func addCertificates(_ request: StepRequest, points: inout MountPoints) throws {
        guard let source = request.hostCertificates else { return }
        guard let status = try? FileSystem.status(source), status.kind == .file else {
            throw ExecError(
                .invalidRequest, "cannot give the host's certificates to the step: \(source) is no file")
        }
        let covers = try points.place(of: StepMountTable.bundle).status?.kind == .file
        let destination = covers ? StepMountTable.bundle : StepMountTable.spareBundle
        try bind(source, on: destination, isDirectory: false, readOnly: true, points: &points)
        let name = "SSL_CERT_FILE="
        let own = (request.environment + request.extraEnvironment).last { $0.hasPrefix(name) }
        guard let own, own.count > name.count else {
            environment.append(name + destination)
            return
        }
        let path = String(own.dropFirst(name.count))
        guard path.hasPrefix("/"), path != destination else { return }
        try bind(source, on: path, isDirectory: false, readOnly: true, points: &points)
    }

    private mutating func add(
        _ mount: StepMount, points: inout MountPoints, scratch: String, workshop: TreeWorkshop
    ) throws {
        let destination = mount.destination
        switch mount {
        case .bind(let source, _, let readOnly):
            guard let status = try? FileSystem.status(source) else {
                throw ExecError(
                    .invalidRequest, "cannot mount \(source) on \(destination): there is no \(source)")
            }
            try bind(
                source, on: destination, isDirectory: status.kind == .directory, readOnly: readOnly,
                points: &points)
        case .tree(let tree, _, let readOnly):
            let mounted = try workshop.mount(tree, for: destination)
            try bind(
                mounted.source, on: destination, isDirectory: mounted.isDirectory, readOnly: readOnly,
                points: &points)
            trees.append((try points.place(of: destination).absolute, mounted))
        case .cache(let source, _, let access, let seed, let readOnly):
            try CacheDirectory(path: source).make(access, seed: seed, workshop: workshop)
            try bind(source, on: destination, isDirectory: true, readOnly: readOnly, points: &points)
        case .tmpfs(_, let size):
            let place = try point(destination, isDirectory: true, points: &points)
            let options = ["nosuid", "nodev", "mode=1777"] + (size.map { ["size=\($0)"] } ?? [])
            entries.append(.init(place, type: "tmpfs", source: "tmpfs", options: options))
        case .file(let content, _, let access), .secret(_, let content, _, let access):
            try StepMountTable.write(
                content, to: scratch, mode: access.mode, uid: access.uid, gid: access.gid)
            try bind(scratch, on: destination, isDirectory: false, readOnly: true, points: &points)
        case .agent(let agent, _, let access):
            let socket = try AgentRelay(directory: scratch).start(agent, access)
            try bind(socket, on: destination, isDirectory: false, readOnly: false, points: &points)
        }
    }

    private mutating func bind(
        _ source: String, on destination: String, isDirectory: Bool, readOnly: Bool,
        points: inout MountPoints
    ) throws {
        entries.append(
            .init(
                try point(destination, isDirectory: isDirectory, points: &points), type: "bind",
                source: source, options: ["rbind", "rprivate", readOnly ? "ro" : "rw"]))
    }

    /// Makes the place to mount on, also in the mounted tree that it lies in; says where it is inside.
    private func point(
        _ destination: String, isDirectory: Bool, points: inout MountPoints
    ) throws -> String {
        let path = try points.add(destination, isDirectory: isDirectory).absolute
        if let below = trees.last(where: { path.hasPrefix($0.destination + "/") }) {
            try below.tree.makePoint(
                String(path.dropFirst(below.destination.count)), isDirectory: isDirectory)
        }
        return path
    }

    private static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32, uid: UInt32, gid: UInt32
    ) throws {
        let directory = try FileDescriptor.directory(PathText.parent(of: path))
        let name = PathText.name(of: path)
        let file = try directory.open(name, [.writeOnly, .create, .exclusive], mode: 0o600)
        try file.write(bytes)
        try file.close()
        do {
            try directory.changeOwner(uid: uid, gid: gid, of: name)
        } catch {
            throw ExecError(
                .invalidRequest,
                "cannot give a mounted file to \(uid):\(gid): \(error.reason);"
                    + " without root only ids of /etc/subuid and /etc/subgid exist")
        }
        try directory.changeMode(mode & 0o7777, of: name)
    }
}
