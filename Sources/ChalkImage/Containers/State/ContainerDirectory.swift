internal import ChalkExec
internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// The containers of a store: `chalk/containers/<ID>/`, with what each was started as (`container.json`), where it is
/// in its life (`state.json`), what it wrote (`output.log`), a FIFO for signals (`control`), and a lock (`lock`) that is
/// held as long as somebody supervises it.
///
/// Whoever looks at a container that nobody supervises any more, and that has not ended by its state, ends it: so
/// nothing here claims to run that does not, whoever was killed, and after a restart of the machine.
struct ContainerDirectory: Sendable {
    let path: String
    private let executor: ContainerExecutor

    private static let record = "container.json"
    private static let state = "state.json"
    static let lock = "lock"
    private static let fresh = ".new-"

    init(_ store: ContentStore) throws {
        path = "\(store.path)/chalk/containers"
        executor = ContainerExecutor(snapshots: try SnapshotAccess(store: store).snapshots)
        try FileSystem.makeDirectories(path, mode: 0o700)
    }

    /// The directory of a container.
    func path(of id: String) -> String { "\(path)/\(id)" }

    /// All containers, the latest first.
    func entries() throws -> [ContainerEntry] {
        var list: [ContainerEntry] = []
        for entry in try FileDescriptor.directory(path).entries() {
            let id = entry.name.display
            if !id.hasPrefix("."), let found = try self.entry(id) { list.append(found) }
        }
        return list.sorted { ($1.record.created, $1.record.id) < ($0.record.created, $0.record.id) }
    }

    /// A container as it is now; nil when there is none.
    func entry(_ id: String) throws -> ContainerEntry? {
        guard let entry = read(id) else {
            // Somebody was killed while it was removed.
            if try isAbandoned(id) { try FileDescriptor.directory(path).removeTree(id) }
            return nil
        }
        guard entry.state.status != .exited || entry.record.isRemovedAtEnd, try isAbandoned(id) else {
            return entry
        }
        return try bury(id)
    }

    /// The container that a name, an ID or the beginning of one means.
    ///
    /// - Throws: ``ChalkError`` (`notFound`).
    func find(_ text: String) throws -> ContainerEntry {
        if let entry = try lookUp(text) { return entry }
        throw ChalkError(.notFound, "there is no container \(text); `ps -a` lists them")
    }

    /// The same, nil for none.
    func lookUp(_ text: String) throws -> ContainerEntry? {
        let all = try entries()
        if let entry = all.first(where: { $0.record.name == text || $0.record.id == text }) { return entry }
        let begun = text.count < 3 ? [] : all.filter { $0.record.id.hasPrefix(text) }
        if begun.count > 1 {
            throw ChalkError(
                .invalidInput, "\(text) can be each of \(begun.count) containers; write more of its ID")
        }
        return begun.first
    }

    /// Makes the directory of a container whose lock the claim holds.
    ///
    /// - Parameter check: given all others while nobody else can claim anything.
    func claim(_ record: ContainerRecord, check: ([ContainerEntry]) throws -> Void) throws -> ContainerClaim {
        let parent = try FileDescriptor.directory(path)
        let gate = try FileLock.acquire(".gate", in: parent, .exclusive)
        defer { withExtendedLifetime(gate) {} }
        for entry in try parent.entries() where entry.name.starts(with: Array(ContainerDirectory.fresh.utf8))
        {
            // Somebody's who was killed before it was whole: only here are any made.
            try parent.removeTree(entry.name)
        }
        let others = try entries()
        try check(others)
        for other in others where record.name != nil && other.record.name == record.name {
            try remove(other.record.id)
        }
        let name = ContainerDirectory.fresh + record.id
        try parent.makeDirectory(name, mode: 0o700)
        do {
            let claim = try ContainerClaim(make: "\(path)/\(name)")
            let directory = try parent.open(name, [.readOnly, .directory, .noFollow])
            try put(record.json, ContainerDirectory.record, in: directory, isSynced: !record.mounts.isEmpty)
            try put(ContainerState().json, ContainerDirectory.state, in: directory)
            try parent.rename(name, to: record.id, in: parent)
            return claim
        } catch {
            try? parent.removeTree(name)
            throw error
        }
    }

    /// Writes a container's state; whoever reads meanwhile sees the one before or this.
    func write(_ state: ContainerState, of id: String) throws {
        try put(state.json, ContainerDirectory.state, in: try FileDescriptor.directory(path(of: id)))
    }

    /// Removes a container that has ended; one that is not there is no error.
    func remove(_ id: String) throws {
        let parent = try FileDescriptor.directory(path)
        guard let directory = try? parent.open(id, [.readOnly, .directory, .noFollow]) else { return }
        // Without it there is no container, only a directory to be removed by whoever finds it.
        try? directory.removeFile(ContainerDirectory.record)
        try parent.removeTree(id)
    }

    /// Waits until nobody supervises a container any more.
    func waitForEnd(of id: String) throws {
        let path = "\(path(of: id))/\(ContainerDirectory.lock)"
        guard try FileSystem.statusIfPresent(path) != nil else { return }
        try FileDescriptor.open(path).lock(.shared)
    }

    /// Whether nobody supervises it.
    private func isAbandoned(_ id: String) throws -> Bool {
        let lock = "\(path(of: id))/\(ContainerDirectory.lock)"
        guard try FileSystem.statusIfPresent(lock) != nil else { return true }
        return try FileDescriptor.open(lock).tryLock(.shared)
    }

    /// Writes the end of a container whose supervisor was killed, once nothing of it is left.
    private func bury(_ id: String) throws -> ContainerEntry? {
        guard let directory = try? FileDescriptor.directory(path(of: id)),
            let lock = try? FileLock.acquire("burial", in: directory, .exclusive)
        else { return nil }
        defer { withExtendedLifetime(lock) {} }
        guard let entry = read(id) else { return nil }
        if entry.state.status != .exited {
            let isOfThisRun = try entry.record.boot == Machine.bootID()
            executor.clear(isOfThisRun ? entry.state.place : nil, cgroup: entry.record.cgroup)
            var state = entry.state
            state.status = .exited
            state.finished = WallClock.seconds()
            state.end = .init(
                .signalled(Signals.kill),
                reason: isOfThisRun ? "its supervisor was killed" : "the machine was restarted")
            try put(state.json, ContainerDirectory.state, in: directory)
        }
        if entry.record.isRemovedAtEnd {
            try remove(id)
            return nil
        }
        return read(id)
    }

    private func read(_ id: String) -> ContainerEntry? {
        func document(_ name: String) -> JSON? {
            try? JSON.parse(FileSystem.read("\(path(of: id))/\(name)", limit: 1 << 24))
        }
        guard let record = document(ContainerDirectory.record).flatMap({ ContainerRecord(json: $0) }) else {
            return nil
        }
        // After a power cut the state may be empty: then the machine was restarted, and it has ended.
        let state = document(ContainerDirectory.state).flatMap { ContainerState(json: $0) }
        return ContainerEntry(record: record, state: state ?? ContainerState())
    }

    private func put(
        _ json: JSON, _ name: String, in directory: borrowing FileDescriptor, isSynced: Bool = false
    ) throws {
        let bytes = Array((json.pretty() + "\n").utf8)
        if isSynced { return try AtomicFile.write(bytes, to: name, in: directory, mode: 0o600) }
        let temporary = ".\(name).\(RandomName.make())"
        let file = try directory.open(temporary, [.writeOnly, .create, .exclusive], mode: 0o600)
        try file.write(bytes)
        try directory.rename(temporary, to: name, in: directory)
    }
}

/// That a container is supervised: an open file with a lock, which lasts until the last process that has a copy of the
/// descriptor has closed it, however it ended.
final class ContainerClaim: Sendable {
    private let file: FileDescriptor

    fileprivate init(make directory: String) throws {
        file = try FileDescriptor.open(
            "\(directory)/\(ContainerDirectory.lock)", [.readWrite, .create, .exclusive], mode: 0o600)
        guard try file.tryLock(.exclusive) else {
            throw ChalkError(.failed, "a new container is locked already")
        }
    }

    /// A claim that was handed over.
    init(owning file: consuming FileDescriptor) { self.file = file }

    /// For the process that it is handed over to; borrowed.
    var descriptor: Int32 { file.raw }
}
