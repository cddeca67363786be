internal import ChalkSystem

/// The way of an ordinary user into a user namespace in which many ids exist.
struct IDMap {
    private let userArguments: [String]
    private let groupArguments: [String]
    private let userTool: String
    private let groupTool: String

    /// Finds ranges and tools; throws what is missing and how to get it.
    init(searchPath: String) throws(ExecError) {
        let uid = CurrentProcess.userID
        let name = CurrentProcess.userName
        userTool = try IDMap.tool("newuidmap", searchPath)
        groupTool = try IDMap.tool("newgidmap", searchPath)
        let users = try IDMap.ranges("/etc/subuid", name: name, id: uid)
        let groups = try IDMap.ranges("/etc/subgid", name: name, id: uid)
        userArguments = SubordinateRange.mapArguments(own: uid, ranges: users)
        groupArguments = SubordinateRange.mapArguments(own: CurrentProcess.groupID, ranges: groups)
    }

    private static func tool(_ name: String, _ searchPath: String) throws(ExecError) -> String {
        guard let path = ProgramSearch.find(name, in: searchPath) else {
            throw ExecError(
                .missingTool,
                "cannot run steps without root: \(name) is not installed; install it"
                    + " (Debian: apt-get install uidmap) or run as root")
        }
        return path
    }

    private static func ranges(_ file: String, name: String?, id: UInt32) throws(ExecError)
        -> [SubordinateRange]
    {
        let text = (try? FileSystem.read(file, limit: 1 << 24)) ?? []
        let found = SubordinateRange.ranges(in: text, name: name, id: id)
        if !found.isEmpty { return found }
        let who = name ?? String(id)
        throw ExecError(
            .noSubordinateIDs,
            "cannot run steps without root: \(file) has no range for \(who);"
                + " add one (as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(who))"
                + " or run as root")
    }

    /// Moves this process into new user, mount and process namespaces and becomes root there.
    func enter() throws {
        var signal = try Pipe()
        let go = try signal.takeWriteEnd()
        let wait = try signal.takeReadEnd()
        let target = CurrentProcess.id
        let mapper = try CurrentProcess.fork()
        if mapper == 0 {
            _ = consume go
            var byte: [UInt8] = [0]
            guard (try? wait.read(into: &byte)) == 1 else { CurrentProcess.exit(1) }
            CurrentProcess.exit(map(target) ? 0 : 1)
        }
        do {
            try Namespaces.unshare([.users, .mounts, .processes])
        } catch {
            _ = consume go
            _ = try? CurrentProcess.waitForChild(mapper)
            throw ExecError(
                .noNamespaces,
                "cannot run steps without root: making a user namespace failed (\(error.reason)); allow them"
                    + " (sysctl user.max_user_namespaces=10000, and where it exists"
                    + " kernel.unprivileged_userns_clone=1 or"
                    + " kernel.apparmor_restrict_unprivileged_userns=0) or run as root")
        }
        try go.write([1])
        guard try CurrentProcess.waitForChild(mapper).isSuccess else {
            throw ExecError(
                .noSubordinateIDs,
                "cannot run steps without root: newuidmap or newgidmap refused the ranges of /etc/subuid and"
                    + " /etc/subgid; see that both are setuid root and that the ranges are valid")
        }
        try Namespaces.becomeRoot()
    }

    /// Runs outside the namespace, where the two tools have their rights.
    private func map(_ process: Int32) -> Bool {
        for (tool, arguments) in [(userTool, userArguments), (groupTool, groupArguments)] {
            let child = try? ChildProcess.spawn(
                tool, arguments: [tool, String(process)] + arguments, environment: [],
                descriptors: [.init(1, as: 0), .init(1, as: 1), .init(2, as: 2)], session: .shared)
            guard let child, child.wait().isSuccess else { return false }
        }
        return true
    }
}

/// Looking for programs as a shell does.
enum ProgramSearch {
    /// The path of a program: the name itself if it has a slash, else the first file of that name.
    static func find(_ name: String, in searchPath: String) -> String? {
        let candidates =
            name.utf8.contains(UInt8(ascii: "/"))
            ? [name] : searchPath.split(separator: ":").map { "\($0)/\(name)" }
        return candidates.first { path in
            guard let status = try? FileSystem.status(path) else { return false }
            return status.kind == .file && status.mode & 0o111 != 0
        }
    }
}
