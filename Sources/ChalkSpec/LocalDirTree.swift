/// What a walk found below a directory, ignore rules applied: the raw material of a listing.
package struct LocalDirTree: Sendable {
    /// What one entry is, by `lstat`.
    package enum Kind: Hashable, Sendable {
        /// `executable` by its owner; `size` in bytes.
        case file(executable: Bool, size: Int)
        case directory
        /// What the link says.
        case link(target: [UInt8])
        /// A socket, a device, a pipe.
        case other
    }

    /// Links that one path may lead through, as the kernel has it.
    static let linkLimit = 40
    private let dir: LocalDir
    private let entryLimit: Int
    private let kinds: [[UInt8]: Kind]
    /// Names in each directory, in byte order.
    private let children: [[UInt8]: [[UInt8]]]

    /// - Parameters:
    ///   - entries: paths below the directory, components joined by `/`; every parent is among them.
    ///   - entryLimit: entries that one listing may have; links to directories can multiply them without end.
    package init(of dir: LocalDir, entries: [(path: [UInt8], kind: Kind)], entryLimit: Int = 1_000_000) {
        self.dir = dir
        self.entryLimit = entryLimit
        var kinds: [[UInt8]: Kind] = [:]
        var children: [[UInt8]: [[UInt8]]] = [:]
        for (path, kind) in entries {
            kinds[path] = kind
            children[Self.parent(of: path), default: []].append(Self.name(of: path))
        }
        self.kinds = kinds
        self.children = children.mapValues { $0.sorted { $0.lexicographicallyPrecedes($1) } }
    }

    /// The regular files, with links replaced by what they lead to: a volume holds plain files only. Throws for a
    /// link that leaves the directory, leads nowhere, to an ignored entry, or to a directory that holds it, and for
    /// sockets, devices and pipes.
    package func files() throws(SpecError) -> [ListedFile] {
        var files: [ListedFile] = []
        var entries = 0
        try list([], as: [], through: [], into: &files, counting: &entries)
        return files.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }

    /// Lists the directory at `place` under the name `shown`; `through` holds the directories that are being listed.
    private func list(
        _ place: [UInt8], as shown: [UInt8], through: [[UInt8]], into files: inout [ListedFile],
        counting entries: inout Int
    ) throws(SpecError) {
        guard !through.contains(place), through.count < 256 else {
            throw problem(shown, "leads to a directory that holds it")
        }
        for name in children[place] ?? [] {
            entries += 1
            guard entries <= entryLimit else {
                throw SpecError(
                    .tooLarge, at: "",
                    "\(quoted(dir.src)) has more than \(entryLimit) entries once links are followed")
            }
            let shownChild = Self.child(name, of: shown)
            let (target, kind) = try resolved(Self.child(name, of: place), shown: shownChild)
            switch kind {
            case .file(let executable, let size):
                guard let path = String(validating: target, as: UTF8.self) else {
                    throw problem(shownChild, "has, or leads to, a name that is not UTF-8")
                }
                files.append(
                    ListedFile(
                        path: shownChild, source: LocalPath.child(path, of: dir.src), executable: executable,
                        size: size))
            case .directory:
                try list(
                    target, as: shownChild, through: through + [place], into: &files, counting: &entries)
            case .other: throw problem(shownChild, "is neither a file nor a directory")
            case .link: break
            }
        }
    }

    /// What `path` is once links are followed, and where that lies.
    private func resolved(_ path: [UInt8], shown: [UInt8]) throws(SpecError) -> (path: [UInt8], kind: Kind) {
        guard case .link = kinds[path] else { return (path, kinds[path] ?? .other) }
        var place: [[UInt8]] = []
        var rest: [[UInt8]] = path.split(separator: UInt8(ascii: "/")).map { Array($0) }.reversed()
        var links = 0
        while let part = rest.popLast() {
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) {
                guard place.popLast() != nil else { throw problem(shown, "leads out of the directory") }
                continue
            }
            let here = Array((place + [part]).joined(separator: [UInt8(ascii: "/")]))
            switch kinds[here] {
            case .link(let target):
                links += 1
                guard links <= Self.linkLimit else { throw problem(shown, "leads through too many links") }
                let relative: [UInt8]
                if target.first == UInt8(ascii: "/") {
                    guard let inside = inside(target) else {
                        throw problem(shown, "leads out of the directory")
                    }
                    place = []
                    relative = inside
                } else {
                    relative = target
                }
                rest += relative.split(separator: UInt8(ascii: "/")).map { Array($0) }.reversed()
            case .directory: place.append(part)
            case .file, .other:
                guard rest.isEmpty else { throw problem(shown, "leads through a file") }
                place.append(part)
            case nil: throw problem(shown, "leads to what is missing or ignored")
            }
        }
        let end = Array(place.joined(separator: [UInt8(ascii: "/")]))
        return (end, end.isEmpty ? .directory : kinds[end] ?? .other)
    }

    /// An absolute target seen from the directory; nil when it lies elsewhere.
    private func inside(_ target: [UInt8]) -> [UInt8]? {
        let root = Array(dir.src.utf8)
        if target == root { return [] }
        let prefix = root + [UInt8(ascii: "/")]
        return target.starts(with: prefix) ? Array(target[prefix.count...]) : nil
    }

    private func problem(_ path: [UInt8], _ problem: String) -> SpecError {
        let shown = LocalPath.joined(dir.src, String(decoding: path, as: UTF8.self))
        return SpecError(
            .unsupported, at: "", "\(quoted(shown)) \(problem); exclude it, or use strategy \"copy\"")
    }

    private static func child(_ name: [UInt8], of path: [UInt8]) -> [UInt8] {
        path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
    }

    private static func parent(of path: [UInt8]) -> [UInt8] {
        path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[..<$0]) } ?? []
    }

    private static func name(of path: [UInt8]) -> [UInt8] {
        path.lastIndex(of: UInt8(ascii: "/")).map { Array(path[($0 + 1)...]) } ?? path
    }
}
