/// The lazy files of a spec by the directory that their volume is mounted at.
package struct VolumeGroups: Hashable, Sendable {
    /// The name that an archived directory gets; whoever runs in the container unpacks it.
    package static let archiveName = "archive.tar"

    /// The files of one volume.
    package struct Group: Hashable, Sendable {
        /// Absolute directory; never `/`.
        package let mountDirectory: String
        /// By the bytes of `dest`.
        package let files: [LazyLocalFile]
    }

    /// By the bytes of the mount directory, so parents are mounted before what lies in them.
    package let groups: [Group]

    /// Groups lazy files. Throws `.invalid` for a volume at `/` and `.conflict` for two sources of one destination
    /// and for a file where another volume is mounted.
    package init(_ files: [LazyLocalFile]) throws(SpecError) {
        var byRoot: [String: [LazyLocalFile]] = [:]
        var byDest: [[UInt8]: LazyLocalFile] = [:]
        let files = files.sorted(by: Self.precedes)
        for file in files {
            let root = file.mountDirectory
            guard root != "/" else { throw Self.atRoot(file) }
            if let other = byDest.updateValue(file, forKey: Array(file.dest.utf8)) {
                let sameContent = other.src.utf8.elementsEqual(file.src.utf8) && other.mode == file.mode
                guard sameContent else { throw Self.twoSources(other, file) }
                if other.mountDirectory == root { continue }
            }
            byRoot[root, default: []].append(file)
        }
        try Self.checkDirectories(files, byRoot, byDest)
        groups = byRoot.map { Group(mountDirectory: $0.key, files: $0.value) }
            .sorted { $0.mountDirectory.utf8.lexicographicallyPrecedes($1.mountDirectory.utf8) }
    }

    /// Groups the lazy files of a spec.
    package init(_ spec: ImageSpec, listing: LocalDirListing) throws(SpecError) {
        try Self.validate(spec)
        try self.init(spec.lazyLocalFiles(listing))
    }

    /// Finds volumes at `/` without looking at any file: the check that can be made at once.
    package static func validate(_ spec: ImageSpec) throws(SpecError) {
        for step in spec.steps {
            switch step.kind {
            case .addLocalFile(let file) where file.strategy == .volume:
                let lazy = LazyLocalFile(src: file.src, dest: file.dest, mode: nil, mountRoot: nil)
                if lazy.mountDirectory == "/" { throw atRoot(lazy) }
            case .addLocalDir(let dir) where dir.strategy == .volume && dir.dest == "/":
                throw atRoot(LazyLocalFile(src: dir.src, dest: "/", mode: nil, mountRoot: "/"))
            default: break
            }
        }
    }

    /// Sees that no file is where a volume, or what lies in one, needs a directory.
    private static func checkDirectories(
        _ files: [LazyLocalFile], _ byRoot: [String: [LazyLocalFile]], _ byDest: [[UInt8]: LazyLocalFile]
    ) throws(SpecError) {
        var seen: Set<[UInt8]> = []
        let roots = byRoot.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { Array($0.utf8) }
        for path in roots.map({ $0 + [slash] }) + files.map({ Array($0.dest.utf8) }) {
            var end = path.lastIndex(of: slash) ?? 0
            while end > 0, seen.insert(Array(path[..<end])).inserted {
                if let file = byDest[Array(path[..<end])] {
                    let use = byRoot[file.dest] == nil ? "a directory in one" : "the directory of a volume"
                    throw SpecError(
                        .conflict, at: "",
                        "\(quoted(file.dest)) is a file (from \(quoted(file.src))) and \(use); change one of the "
                            + "destinations, or use strategy \"copy\" for the file")
                }
                end = path[..<end].lastIndex(of: slash) ?? 0
            }
        }
    }

    private static let slash = UInt8(ascii: "/")

    static func precedes(_ left: LazyLocalFile, _ right: LazyLocalFile) -> Bool {
        // Thousands of files differ in the first.
        if !left.dest.utf8.elementsEqual(right.dest.utf8) {
            return left.dest.utf8.lexicographicallyPrecedes(right.dest.utf8)
        }
        if !left.src.utf8.elementsEqual(right.src.utf8) {
            return left.src.utf8.lexicographicallyPrecedes(right.src.utf8)
        }
        let (root, otherRoot) = (left.mountRoot ?? "", right.mountRoot ?? "")
        if !root.utf8.elementsEqual(otherRoot.utf8) {
            return root.utf8.lexicographicallyPrecedes(otherRoot.utf8)
        }
        return (left.mode ?? 0) < (right.mode ?? 0)
    }

    private static func atRoot(_ file: LazyLocalFile) -> SpecError {
        SpecError(
            .invalid, at: "",
            "\(quoted(file.dest)) (from \(quoted(file.src))) needs a volume at \"/\", which no runtime mounts; use "
                + "strategy \"copy\", or a destination in a directory such as \"/app\"")
    }

    private static func twoSources(_ first: LazyLocalFile, _ second: LazyLocalFile) -> SpecError {
        let problem =
            first.src.utf8.elementsEqual(second.src.utf8)
            ? "\(quoted(first.dest)) is added twice from \(quoted(first.src)) with different modes; give it once, or use strategy \"copy\""
            : "\(quoted(first.dest)) comes from two sources, \(quoted(first.src)) and \(quoted(second.src)); "
                + "leave one out, change its destination, or use strategy \"copy\""
        return SpecError(.conflict, at: "", problem)
    }
}
