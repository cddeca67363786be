internal import ChalkSystem

/// A root file system seen from outside, in which links are followed as a process inside would see them.
///
/// Nothing may change the tree meanwhile: it is looked at before the step starts.
struct RootView: ~Copyable {
    /// Where a path leads.
    struct Place: Hashable {
        /// The part that exists, without links, as components from the root.
        var existing: [[UInt8]]
        /// The components that do not.
        var missing: [[UInt8]]
        /// What the whole path is; nil when a component is missing.
        var status: FileStatus?

        /// The whole path as components from the root.
        var components: [[UInt8]] { existing + missing }
        /// The whole path, relative to the root.
        var relative: [UInt8] { Array(components.joined(separator: [UInt8(ascii: "/")])) }
        /// The whole path, absolute inside.
        var absolute: String { "/" + String(decoding: relative, as: UTF8.self) }
    }

    private let root: FileDescriptor

    init(path: String) throws(SystemError) {
        root = try FileDescriptor.directory(path)
    }

    /// Follows a path; names that do not exist are taken to be plain ones.
    func place(of path: some HostPath) throws(ExecError) -> Place {
        var queue = RootView.split(path.pathBytes)
        var place = Place(existing: [], missing: [], status: nil)
        var links = 0
        while !queue.isEmpty {
            let name = queue.removeFirst()
            if name == Array(".".utf8) { continue }
            if name == Array("..".utf8) {
                if place.missing.popLast() == nil { _ = place.existing.popLast() }
                continue
            }
            if !place.missing.isEmpty {
                place.missing.append(name)
                continue
            }
            let candidate = place.existing + [name]
            guard let status = try status(candidate, for: path) else {
                place.missing.append(name)
                continue
            }
            guard status.kind == .link else {
                if status.kind != .directory, !queue.isEmpty {
                    throw ExecError(
                        .invalidRequest,
                        "cannot use \(path.display) inside the step: \(RootView.display(candidate)) is no directory"
                    )
                }
                place.existing = candidate
                continue
            }
            links += 1
            guard links <= 40, let target = try? root.linkTarget(of: RootView.join(candidate)) else {
                throw ExecError(
                    .invalidRequest,
                    "cannot use \(path.display) inside the step: too many links at \(RootView.display(candidate))"
                )
            }
            if target.first == UInt8(ascii: "/") { place.existing = [] }
            queue = RootView.split(target) + queue
        }
        if place.missing.isEmpty { place.status = try status(place.existing, for: path) }
        return place
    }

    /// A regular file's bytes; nil when the path leads to nothing or to something else.
    func read(_ path: String, limit: Int) throws -> [UInt8]? {
        let place = try place(of: path)
        guard place.status?.kind == .file else { return nil }
        let file = try root.open(RootView.join(place.existing), [.readOnly, .noFollow, .nonBlocking])
        guard try file.status().kind == .file else { return nil }
        return try file.readToEnd(limit: limit)
    }

    /// What some components without links lead to.
    func status(of components: [[UInt8]]) throws(SystemError) -> FileStatus {
        try root.status(of: RootView.join(components))
    }

    /// Makes what is missing of a place as directories with an owner.
    func makeDirectories(_ place: Place, mode: UInt32, uid: UInt32, gid: UInt32) throws {
        var path = place.existing
        for name in place.missing {
            path.append(name)
            let joined = RootView.join(path)
            try root.makeDirectory(joined, mode: mode)
            try root.changeMode(mode, of: joined)
            try root.changeOwner(uid: uid, gid: gid, of: joined)
        }
    }

    private func status(_ components: [[UInt8]], for path: some HostPath) throws(ExecError) -> FileStatus? {
        do {
            return try root.statusIfPresent(of: RootView.join(components))
        } catch {
            throw ExecError(error, doing: "look up \(path.display) inside the step")
        }
    }

    private static func split(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).map(Array.init)
    }

    static func join(_ components: [[UInt8]]) -> [UInt8] {
        components.isEmpty ? Array(".".utf8) : Array(components.joined(separator: [UInt8(ascii: "/")]))
    }

    private static func display(_ components: [[UInt8]]) -> String {
        "/" + join(components).display
    }
}
