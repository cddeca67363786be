/// Entries that delete (OCI image-spec, layer.md#whiteouts): `.wh.NAME` removes NAME of lower layers,
/// `.wh..wh..opq` all lower content of its directory.
package enum Whiteout: Hashable, Sendable {
    /// Removes what lower layers have at this path.
    case file([UInt8])
    /// Removes all that lower layers have below this directory.
    case opaque([UInt8])

    static let prefix = Array(".wh.".utf8)
    static let metaPrefix = Array(".wh..wh.".utf8)
    static let opaqueName = Array(".wh..wh..opq".utf8)

    /// The path of the entry that says it.
    package var entryPath: [UInt8] {
        switch self {
        case .file(let path):
            LayerPath.path(Self.prefix + LayerPath.name(path), in: LayerPath.parent(path))
        case .opaque(let directory):
            LayerPath.path(Self.opaqueName, in: directory)
        }
    }

    /// Whether a name is kept for whiteouts and so no file's.
    package static func isReserved(_ name: some Collection<UInt8>) -> Bool {
        name.starts(with: prefix)
    }

    /// What the name of an entry in a foreign layer means.
    enum Reading: Hashable {
        case ordinary
        case whiteout(Whiteout)
        /// Bookkeeping of AUFS (`.wh..wh.plnk`, `.wh..wh.aufs`, …) that old layers hold; no content.
        case bookkeeping
    }

    /// Reads the path of an entry of a layer.
    ///
    /// - Throws: ``ArchiveError/Code/refused`` for a reserved name in a place where it means nothing.
    static func reading(of path: [UInt8]) throws(ArchiveError) -> Reading {
        guard path.starts(with: prefix) || path.contains(LayerPath.slash) else { return .ordinary }
        let parent = LayerPath.parent(path)
        let name = LayerPath.name(path)
        for component in parent.split(separator: LayerPath.slash) where isReserved(component) {
            if component.starts(with: metaPrefix) { return .bookkeeping }
            throw ArchiveError(
                .refused,
                "the layer's entry \(LayerPath.display(path)) is refused: a whiteout has nothing below it")
        }
        guard isReserved(name) else { return .ordinary }
        if name == opaqueName { return .whiteout(.opaque(parent)) }
        if name.starts(with: metaPrefix) { return .bookkeeping }
        let target = Array(name.dropFirst(prefix.count))
        if target.isEmpty || target == [LayerPath.dot] || target == [LayerPath.dot, LayerPath.dot] {
            throw ArchiveError(
                .refused, "the layer's whiteout \(LayerPath.display(path)) is refused: it names no file")
        }
        return .whiteout(.file(LayerPath.path(target, in: parent)))
    }
}
