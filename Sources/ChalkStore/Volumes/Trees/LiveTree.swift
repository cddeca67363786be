internal import ChalkOCI
internal import ChalkSystem

/// Makes a directory that containers work in follow a tree. Every file is there whole or not at all; what a container
/// made where the tree wants something else is moved aside, not lost.
struct LiveTree {
    private static let aside = Array(".aside-".utf8)
    let trees: TreeStore
    private let setsOwners: Bool
    private let modes: UInt32

    /// - Parameter isForPeople: whether files get the owner that this process gives them, and no bit that would lend
    ///   theirs to others.
    init(_ trees: TreeStore, isForPeople: Bool = false) {
        self.trees = trees
        setsOwners = !isForPeople && CurrentProcess.userID == 0
        modes = isForPeople ? 0o777 : 0o7777
    }

    /// Brings what differs between two trees.
    ///
    /// - Parameters:
    ///   - old: what the directory followed before; nil for an empty one.
    ///   - directory: what containers did there besides stays.
    func update(
        _ directory: borrowing FileDescriptor, from old: StoredTree?, to new: StoredTree
    ) throws {
        if old?.digest == new.digest { return }
        let before = try old.map { try trees.document($0) }
        let after = try trees.document(new)
        for entry in before?.entries ?? [] where after[entry.name] == nil {
            try directory.removeTree(entry.name)
        }
        for entry in after.entries {
            let earlier = before?[entry.name]
            if earlier == entry.node { continue }
            try put(entry.node, as: entry.name, in: directory, earlier: earlier)
        }
        if before?.mode != after.mode || before?.uid != after.uid || before?.gid != after.gid {
            if setsOwners { try directory.changeOwner(uid: after.uid, gid: after.gid) }
            try directory.changeMode(after.mode & modes)
        }
    }

    /// Puts what a name is.
    ///
    /// - Parameter earlier: what it was in the tree that the directory followed before.
    func put(
        _ node: StoredNode, as name: [UInt8], in directory: borrowing FileDescriptor,
        earlier: StoredNode? = nil
    ) throws {
        switch node {
        case .directory(let tree):
            var base: StoredTree?
            if case .directory(let tree)? = earlier { base = tree }
            try update(try self.directory(name, in: directory), from: base, to: tree)
        case .file(let file): try place(name, in: directory) { try write(file, $0, in: directory) }
        case .link(let target): try place(name, in: directory) { try directory.makeLink($0, to: target) }
        }
    }

    private func directory(
        _ name: [UInt8], in directory: borrowing FileDescriptor
    ) throws(SystemError) -> FileDescriptor {
        if let status = try directory.statusIfPresent(of: name), status.kind != .directory {
            try moveAside(name, in: directory)
        }
        do {
            try directory.makeDirectory(name, mode: 0o755)
        } catch  where error.isAlreadyThere {}
        return try directory.open(name, [.readOnly, .directory, .noFollow])
    }

    /// Makes something under a temporary name and gives it its own.
    private func place(
        _ name: [UInt8], in directory: borrowing FileDescriptor, _ make: ([UInt8]) throws -> Void
    ) throws {
        if try directory.statusIfPresent(of: name)?.kind == .directory {
            try moveAside(name, in: directory)
        }
        let temporary = Array(".chalk-\(RandomName.make())".utf8)
        do {
            try make(temporary)
            try directory.rename(temporary, to: name, in: directory)
        } catch {
            try? directory.removeFile(temporary)
            throw error
        }
    }

    private func write(
        _ file: StoredFile, _ name: [UInt8], in directory: borrowing FileDescriptor
    ) throws {
        let output = try directory.open(name, [.writeOnly, .create, .exclusive], mode: 0o600)
        try trees.read(file) { try output.write($0) }
        if setsOwners { try output.changeOwner(uid: file.uid, gid: file.gid) }
        try output.changeMode(file.mode & modes)
    }

    private func moveAside(_ name: [UInt8], in directory: borrowing FileDescriptor) throws(SystemError) {
        let other = name.prefix(200) + Self.aside + Array(RandomName.make().utf8)
        try directory.rename(name, to: Array(other), in: directory)
    }
}
