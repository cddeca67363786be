internal import ChalkArchive
internal import ChalkPlan

/// What is known of the tree that a layer will lie on: see `docs/decisions/0001`.
enum TreeBelow {
    /// Every layer below was read.
    case indexed(StackIndex)
    /// Nothing lies below but what this build put there.
    case empty
    /// The base is unread: any Linux root file system.
    case assumed

    /// Mode and owner of a directory.
    struct Attributes: Hashable {
        var mode: UInt32
        var uid: UInt32
        var gid: UInt32

        static let plain = Attributes(mode: 0o755, uid: 0, gid: 0)
    }

    /// What a layer says of a directory that it passes through or fills.
    enum Listing: Hashable {
        /// It is there or made, with these attributes; `isNew` where nothing is there yet.
        case listed(Attributes, isNew: Bool)
        /// It is best left to whoever made it.
        case unlisted
    }

    /// Where a path really is once links are followed, without the leading slash.
    func resolve(_ path: String) throws -> [UInt8] {
        let relative = Array(ImageTreePath.normalized(path).utf8.dropFirst())
        guard case .indexed(let index) = self else { return relative }
        return try index.resolve(relative, followingLast: true)
    }

    /// What a layer says of a directory; nil where something that is no directory is in the way.
    func listing(of path: [UInt8]) -> Listing? {
        switch self {
        case .empty: return .listed(.plain, isNew: true)
        case .assumed: return TreeBelow.assumedListing(of: path)
        case .indexed(let index):
            switch index.lookup(path) {
            case .missing: return .listed(.plain, isNew: true)
            case .directory(let mode, let uid, let gid):
                return .listed(Attributes(mode: mode, uid: uid, gid: gid), isNew: false)
            case .link, .file: return nil
            }
        }
    }

    /// What is at a path, as far as is known; no link is followed.
    func look(_ path: [UInt8]) -> LowerNode {
        guard case .indexed(let index) = self else { return .missing }
        return index.lookup(path)
    }

    /// Whether a directory is there, as far as is known.
    func isDirectory(_ path: [UInt8]) -> Bool {
        guard case .indexed(let index) = self, case .directory = index.lookup(path) else {
            return path.isEmpty
        }
        return true
    }

    private static func assumedListing(of path: [UInt8]) -> Listing {
        let text = String(decoding: path, as: UTF8.self)
        if let mode = standardModes[text] {
            return .listed(Attributes(mode: mode, uid: 0, gid: 0), isNew: false)
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0] == "home" { return .unlisted }
        return .listed(.plain, isNew: true)
    }

    /// Directories that distributions do not make 0755 root.
    private static let standardModes: [String: UInt32] = ["tmp": 0o1777, "var/tmp": 0o1777, "root": 0o700]

    /// Whether a destination passes a directory that distributions make a link, so that the base must be read.
    static func passesUsualLink(_ path: String) -> Bool {
        let parts = ImageTreePath.normalized(path).split(separator: "/").map(String.init)
        guard let first = parts.first else { return false }
        if first == "bin" || first == "sbin" || first.hasPrefix("lib") { return true }
        return first == "var" && parts.count > 1 && ["run", "lock", "mail"].contains(parts[1])
    }
}
