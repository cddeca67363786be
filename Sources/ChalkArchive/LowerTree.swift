package import ChalkSystem

/// The merged view of the layers below one that is being made or applied. Looked up by literal path: no link is
/// followed.
package protocol LowerTree: AnyObject {
    /// What is at a path.
    func lookup(_ path: [UInt8]) throws -> LowerNode

    /// The names in a directory, in byte order; none where there is no directory.
    func names(in path: [UInt8]) throws -> [[UInt8]]

    /// A file or link with its content, for a hard link of an upper layer; nil when this view has no content.
    func file(at path: [UInt8]) throws -> LowerFile?
}

/// What a ``LowerTree`` has at a path.
package enum LowerNode: Hashable, Sendable {
    case missing
    case directory(mode: UInt32, uid: UInt32, gid: UInt32)
    case link(target: [UInt8])
    /// A file or anything else that is neither directory nor link.
    case file
}

/// A file of a lower layer.
package struct LowerFile {
    /// Its metadata; its path is the one it was looked up by.
    package let entry: LayerEntry
    /// Its content.
    package let content: (any ByteSource)?

    /// A file from its parts.
    package init(entry: LayerEntry, content: (any ByteSource)?) {
        self.entry = entry
        self.content = content
    }
}

extension LowerTree {
    package func file(at path: [UInt8]) throws -> LowerFile? { nil }
}

/// Follows links inside a root as if it were `/`: absolute targets begin at the root, `..` stops there.
package enum RootedPath {
    static let mostLinks = 255

    /// The path with the links of every component resolved, or of all but the last.
    ///
    /// Components that are missing stay as they are written. `look` says what is at a path without links.
    ///
    /// - Throws: ``ArchiveError/Code/refused`` after 255 links or where a file stands in the way of a directory.
    package static func resolve(
        _ path: [UInt8], followingLast: Bool, look: ([[UInt8]]) throws -> LowerNode
    ) throws -> [[UInt8]] {
        var real: [[UInt8]] = []
        var waiting = Array(LayerPath.components(path).reversed())
        var links = 0
        while let component = waiting.popLast() {
            if component == [LayerPath.dot] { continue }
            if component == [LayerPath.dot, LayerPath.dot] {
                _ = real.popLast()
                continue
            }
            real.append(component)
            if waiting.isEmpty && !followingLast { break }
            switch try look(real) {
            case .missing, .directory: break
            case .file:
                if waiting.contains(where: { $0 != [LayerPath.dot] }) {
                    throw ArchiveError(
                        .refused,
                        "\(LayerPath.display(path)) is refused: \(LayerPath.display(LayerPath.path(real))) is no directory"
                    )
                }
            case .link(let target):
                links += 1
                if links > mostLinks {
                    throw ArchiveError(
                        .refused, "\(LayerPath.display(path)) is refused: its links go round or are too many")
                }
                if target.first == LayerPath.slash { real = [] } else { real.removeLast() }
                waiting.append(contentsOf: LayerPath.components(target).reversed())
                if waiting.count > 100_000 {
                    throw ArchiveError(
                        .refused, "\(LayerPath.display(path)) is refused: its links are too long")
                }
            }
        }
        return real
    }
}
