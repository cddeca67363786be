package import ChalkSystem

/// What one layer puts where, without content: enough to say where the paths of a layer above it lead.
package struct LayerIndex: Hashable, Sendable {
    /// A directory that the layer speaks of.
    package struct Directory: Hashable, Sendable {
        /// Its path in the layer.
        package let path: [UInt8]
        /// Permission bits.
        package let mode: UInt32
        /// Owner.
        package let uid: UInt32
        /// Group.
        package let gid: UInt32
    }

    /// A symbolic link.
    package struct Link: Hashable, Sendable {
        /// Its path in the layer.
        package let path: [UInt8]
        /// What it says.
        package let target: [UInt8]
    }

    /// Directories, in the order of a layer (as are all lists here).
    package internal(set) var directories: [Directory] = []
    /// Symbolic links.
    package internal(set) var links: [Link] = []
    /// All else that is there: files, hard links, nodes.
    package internal(set) var files: [[UInt8]] = []
    /// Paths that the layer removes from lower layers.
    package internal(set) var whiteouts: [[UInt8]] = []
    /// Directories whose lower content the layer hides.
    package internal(set) var opaques: [[UInt8]] = []

    /// The index of a layer with nothing in it.
    package init() {}

    /// The index of a layer stream, compressed or not.
    ///
    /// - Throws: ``ArchiveError``; what the source throws.
    package static func read(
        _ source: any ByteSource, limits: ArchiveLimits = ArchiveLimits(), cancellation: Cancellation? = nil
    ) throws -> LayerIndex {
        let archive = try ForeignArchive(source, limits: limits)
        var builder = Builder()
        while let entry = try archive.next() {
            try cancellation?.check()
            try builder.add(entry)
        }
        return builder.finish()
    }

    /// Collects entries of a layer that is being read or written.
    package struct Builder {
        private enum Node {
            case directory(Directory)
            case link(Link)
            case file
        }

        private var nodes: [[UInt8]: Node] = [:]
        private var whiteouts: Set<[UInt8]> = []
        private var opaques: Set<[UInt8]> = []

        /// A builder without entries.
        package init() {}

        /// Takes the next entry; a later one replaces an earlier one of the same path.
        package mutating func add(_ entry: LayerEntry) throws(ArchiveError) {
            switch try Whiteout.reading(of: entry.path) {
            case .bookkeeping: return
            case .whiteout(.file(let path)):
                whiteouts.insert(path)
                return
            case .whiteout(.opaque(let path)):
                opaques.insert(path)
                return
            case .ordinary: break
            }
            let path = entry.path
            if case .directory = entry.kind {
                nodes[path] = .directory(
                    Directory(path: path, mode: entry.mode, uid: entry.uid, gid: entry.gid))
                return
            }
            if case .directory = nodes[path] {
                let prefix = path + [LayerPath.slash]
                nodes = nodes.filter { !$0.key.starts(with: prefix) }
            }
            if case .link(let target) = entry.kind {
                nodes[path] = .link(Link(path: path, target: target))
            } else {
                nodes[path] = .file
            }
        }

        /// The index of the entries so far.
        package func finish() -> LayerIndex {
            var index = LayerIndex()
            for path in nodes.keys.sorted(by: LayerPath.precedes) {
                switch nodes[path] {
                case .directory(let directory): index.directories.append(directory)
                case .link(let link): index.links.append(link)
                default: index.files.append(path)
                }
            }
            index.whiteouts = whiteouts.sorted(by: LayerPath.precedes)
            index.opaques = opaques.sorted(by: LayerPath.precedes)
            return index
        }
    }
}
