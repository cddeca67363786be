package import ChalkSystem

/// The merged view of layer directories in overlay form, as overlayfs would show it.
package final class OverlayStack: LowerTree {
    private var layers: [Directory] = []
    private let overlay: Overlay

    /// A stack of no layers.
    package init(_ overlay: Overlay) { self.overlay = overlay }

    /// Puts a layer's directory below those that are there: the top layer comes first.
    package func append(_ directory: consuming FileDescriptor) {
        layers.append(Directory(directory))
    }

    package func lookup(_ path: [UInt8]) throws -> LowerNode {
        guard let found = try find(path) else { return .missing }
        switch found.status.kind {
        case .directory:
            return .directory(mode: found.status.mode, uid: found.status.uid, gid: found.status.gid)
        case .link: return .link(target: try found.parent.descriptor.linkTarget(of: found.name))
        default: return .file
        }
    }

    package func file(at path: [UInt8]) throws -> LowerFile? {
        guard let found = try find(path), found.status.kind != .directory,
            let entry = try EntryReader.entry(
                found.name, in: found.parent, status: found.status, path: path,
                mtime: found.status.modified.seconds)
        else { return nil }
        let content =
            found.status.kind == .file ? try EntryReader.content(found.name, in: found.parent) : nil
        return LowerFile(entry: entry, content: content)
    }

    /// What a path is, with times and sizes; nil where nothing is.
    package func status(_ path: [UInt8]) throws -> FileStatus? {
        try find(path)?.status
    }

    package func modified(directory path: [UInt8]) throws -> Int64? {
        try find(path)?.status.modified.seconds
    }

    package func names(in path: [UInt8]) throws -> [[UInt8]] {
        var seen: Set<[UInt8]> = []
        var names: [[UInt8]] = []
        for directory in try contributors(to: LayerPath.components(path)) ?? [] {
            for entry in try directory.descriptor.entries() where seen.insert(entry.name).inserted {
                if try !isWhiteout(directory.descriptor.status(of: entry.name)) { names.append(entry.name) }
            }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private typealias Found = (parent: Directory, name: [UInt8], status: FileStatus)

    private func find(_ path: [UInt8]) throws -> Found? {
        var components = LayerPath.components(path)
        guard let name = components.popLast() else {
            return try layers.first.map { ($0, [LayerPath.dot], try $0.descriptor.status()) }
        }
        guard let directories = try contributors(to: components) else { return nil }
        return try merge(directories, name).found
    }

    /// The directories that make up one of the merged tree, the top one first; nil when there is none.
    private func contributors(to components: [[UInt8]]) throws -> [Directory]? {
        var directories = layers
        for component in components {
            let merged = try merge(directories, component)
            guard merged.found?.status.kind == .directory else { return nil }
            directories = merged.directories
        }
        return directories
    }

    private func merge(
        _ directories: [Directory], _ name: [UInt8]
    ) throws -> (found: Found?, directories: [Directory]) {
        var found: Found?
        var below: [Directory] = []
        for directory in directories {
            guard let status = try directory.descriptor.statusIfPresent(of: name) else { continue }
            if isWhiteout(status) { break }
            if found == nil { found = (directory, name, status) }
            if status.kind != .directory { break }
            below.append(try directory.directory(name))
            let mark = try directory.descriptor.attribute(overlay.prefix + "opaque", of: name)
            if mark == overlay.opaque.value { break }
        }
        return (found, below)
    }

    private func isWhiteout(_ status: FileStatus) -> Bool {
        status.kind == .characterDevice && status.specialDevice == 0
    }
}
