internal import ChalkOCI
package import ChalkSystem

/// Merges layers into the tar stream of one root file system.
///
/// Reads every layer twice: first to learn what survives where, then for the content. The stream has all
/// directories first, then the rest in the order of the layers; hard links follow their first surviving name,
/// which holds the content even where the name that held it in its layer is gone.
package enum LayerFlattener {
    /// Opens a layer's bytes, compressed or not, from the start.
    package typealias Opener = () throws -> any ByteSource

    private struct Value {
        let entry: LayerEntry
        /// Where the content is: the layer's number and the entry's in it. Names that share it are hard links.
        let origin: Origin
    }

    private struct Origin: Hashable {
        let layer: Int
        let entry: Int
    }

    /// Writes the merged stream of layers, the lowest first; the sink gets a plain tar.
    ///
    /// - Returns: The number of entries written.
    /// - Throws: ``ArchiveError``; what sources and sink throw; ``Cancellation/Cancelled``.
    @discardableResult
    package static func flatten(
        _ layers: [Opener], into sink: any ByteSink, limits: ArchiveLimits = ArchiveLimits(),
        cancellation: Cancellation? = nil
    ) throws -> Int {
        let tree = MergedTree<Value>()
        for (number, open) in layers.enumerated() {
            tree.beginLayer()
            try read(open(), limits, cancellation) { ordinal, entry, _ in
                try apply(entry, Origin(layer: number, entry: ordinal), to: tree)
            }
        }
        let writer = TarWriter(sink: sink)
        var count = 0
        var names: [Origin: [(path: [UInt8], value: Value)]] = [:]
        if case .directory(let value?, _) = tree.root.kind {
            try writer.add(value.entry.renamed([]))
            count += 1
        }
        try tree.forEach { path, node in
            switch node.kind {
            case .directory(let value, _):
                try writer.add(value?.entry.renamed(path) ?? implied(path))
                count += 1
            case .link(let value, _), .file(let value):
                names[value.origin, default: []].append((path, value))
                count += 1
            }
        }
        for (number, open) in layers.enumerated() {
            try read(open(), limits, cancellation) { ordinal, _, content in
                guard let names = names[Origin(layer: number, entry: ordinal)], let first = names.first else {
                    return
                }
                let entry = first.value.entry.renamed(first.path)
                if case .file = entry.kind {
                    try writer.add(entry, content: content)
                } else {
                    try writer.add(entry)
                }
                for other in names.dropFirst() {
                    try writer.add(entry.with(path: other.path, kind: .hardLink(target: first.path)))
                }
            }
        }
        try writer.finish()
        return count
    }

    private static func read(
        _ source: any ByteSource, _ limits: ArchiveLimits, _ cancellation: Cancellation?,
        _ body: (Int, LayerEntry, any ByteSource) throws -> Void
    ) throws {
        let archive = try ForeignArchive(source, limits: limits)
        var ordinal = 0
        while let entry = try archive.next() {
            try cancellation?.check()
            try body(ordinal, entry, archive.content)
            ordinal += 1
        }
    }

    private static func apply(_ entry: LayerEntry, _ origin: Origin, to tree: MergedTree<Value>) throws {
        switch try Whiteout.reading(of: entry.path) {
        case .bookkeeping: return
        case .whiteout(let whiteout): return try tree.apply(whiteout)
        case .ordinary: break
        }
        let real = try tree.resolveEntry(entry.path)
        let value = Value(entry: entry, origin: origin)
        switch entry.kind {
        case .directory: try tree.putDirectory(value, at: real)
        case .link(let target): try tree.put(.link(value, target: target), at: real)
        case .hardLink(let target):
            switch try tree.node(tree.resolveEntry(target))?.kind {
            case .link(let value, let target): try tree.put(.link(value, target: target), at: real)
            case .file(let value): try tree.put(.file(value), at: real)
            case .directory, nil:
                throw ArchiveError(
                    .refused,
                    "the layer's hard link \(LayerPath.display(entry.path)) is refused: its target \(LayerPath.display(target)) is not there or is a directory"
                )
            }
        default: try tree.put(.file(value), at: real)
        }
    }

    private static func implied(_ path: [UInt8]) -> LayerEntry {
        LayerEntry(
            unchecked: path, kind: .directory, mode: 0o755, uid: 0, gid: 0,
            mtime: Timestamp.defaultEpoch.seconds)
    }
}
