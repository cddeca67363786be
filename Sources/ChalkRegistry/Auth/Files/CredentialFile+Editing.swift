internal import ChalkOCI
internal import ChalkSystem

extension CredentialFile {
    /// What a change of a file came to.
    enum Change {
        /// The new content.
        case write(JSON)
        case nothing
    }

    /// Changes a file, whole or not at all, mode 0600; one change at a time, whoever makes it with this
    /// program. Makes the file and its directory where they are missing.
    static func change(_ path: String, _ body: (JSON) throws -> Change) throws {
        do {
            try FileSystem.makeDirectories(PathText.parent(of: path), mode: 0o700)
            // A link stays one: what it leads to is replaced.
            let place = try FileSystem.statusIfPresent(path) == nil ? path : try FileSystem.resolved(path)
            let directory = try FileDescriptor.directory(PathText.parent(of: place))
            // The directory and not a file of its own, which would stay there.
            try directory.lock(.exclusive)
            let json = try CredentialFile(place)?.json ?? .object([])
            if case .write(let changed) = try body(json) {
                try AtomicFile.write(
                    Array((changed.pretty() + "\n").utf8), to: PathText.name(of: place), in: directory,
                    mode: 0o600)
            }
            withExtendedLifetime(directory) {}
        } catch let error as SystemError {
            throw Fault(.unauthorized, "the credentials in \(path) cannot be changed (\(error.reason))")
        }
    }
}

extension JSON {
    /// An object with a member put in place of those that `isReplaced` says, or at the end; nil takes them
    /// away.
    func replacing(_ name: String, where isReplaced: (String) -> Bool, with value: JSON?) -> JSON {
        var list: [Member] = []
        var isThere = value == nil
        for member in members ?? [] {
            guard isReplaced(member.name) else {
                list.append(member)
                continue
            }
            if !isThere, let value {
                list.append(Member(name, value))
                isThere = true
            }
        }
        if !isThere, let value { list.append(Member(name, value)) }
        return .object(list)
    }

    /// The same for one member.
    func replacing(_ name: String, with value: JSON?) -> JSON {
        replacing(name, where: { $0 == name }, with: value)
    }
}
