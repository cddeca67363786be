/// The merged view of the indexes of a stack of layers: says where the paths of the next layer lead, without
/// any content.
package final class StackIndex: LowerTree {
    private struct Owner {
        let mode: UInt32
        let uid: UInt32
        let gid: UInt32
    }

    private let tree = MergedTree<Owner?>()

    /// The view of layers, the lowest first.
    ///
    /// - Throws: ``ArchiveError/Code/refused`` where a layer's paths lead through a file or round in links.
    package init(_ layers: [LayerIndex]) throws {
        for layer in layers { try append(layer) }
    }

    /// Puts one more layer on top.
    package func append(_ layer: LayerIndex) throws {
        tree.beginLayer()
        // These concern lower layers alone, so they come first whatever their place in the layer.
        for path in layer.whiteouts { try tree.apply(.file(path)) }
        for path in layer.opaques { try tree.apply(.opaque(path)) }
        // In the order of the layer: parents, and links that others lead through, before what is below.
        var (directories, links, files) = (layer.directories[...], layer.links[...], layer.files[...])
        while true {
            let next = [directories.first?.path, links.first?.path, files.first].compactMap { $0 }
                .min(by: LayerPath.precedes)
            guard let next else { return }
            let real = try tree.resolveEntry(next)
            if directories.first?.path == next, let directory = directories.popFirst() {
                let owner = Owner(mode: directory.mode, uid: directory.uid, gid: directory.gid)
                try tree.putDirectory(owner, at: real)
            } else if links.first?.path == next, let link = links.popFirst() {
                try tree.put(.link(nil, target: link.target), at: real)
            } else {
                _ = files.popFirst()
                try tree.put(.file(nil), at: real)
            }
        }
    }

    /// What is at a path; links are not followed, neither in last place nor before.
    package func lookup(_ path: [UInt8]) -> LowerNode {
        switch tree.node(LayerPath.components(path))?.kind {
        case nil: .missing
        case .directory(let owner, _):
            .directory(
                mode: owner.flatMap { $0 }?.mode ?? 0o755, uid: owner.flatMap { $0 }?.uid ?? 0,
                gid: owner.flatMap { $0 }?.gid ?? 0)
        case .link(_, let target): .link(target: target)
        case .file: .file
        }
    }

    package func names(in path: [UInt8]) -> [[UInt8]] {
        guard case .directory(_, let children) = tree.node(LayerPath.components(path))?.kind else {
            return []
        }
        return children.keys.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The path with every link among its components followed inside the root, that in last place too where
    /// asked. `..` and `.` are allowed; what is missing stays as written.
    ///
    /// - Throws: ``ArchiveError/Code/refused`` after 255 links, or where a file stands in for a directory.
    package func resolve(_ path: [UInt8], followingLast: Bool) throws -> [UInt8] {
        LayerPath.path(
            try RootedPath.resolve(path, followingLast: followingLast) { lookup(LayerPath.path($0)) })
    }
}
