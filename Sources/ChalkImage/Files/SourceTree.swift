internal import ChalkArchive
internal import ChalkPlan

/// A tree whose paths COPY and ADD name: a directory of the host, or the files of a stage.
///
/// Paths are relative to its root. What is behind a link among a path's components is found by ``resolve(_:)``.
protocol SourceTree {
    /// How it tells what is at a path.
    associatedtype Entry

    /// What is at a path; no link is followed.
    func look(_ path: [UInt8]) -> LowerNode
    /// The names in a directory, in byte order.
    func names(in directory: [UInt8]) -> [[UInt8]]
    /// Whatever is at a path; nil for the root and for what is not there.
    func entry(at path: [UInt8]) -> Entry?
    /// Everything below a directory, in the order of a layer.
    func entries(below directory: [UInt8]) -> [Entry]
    /// Where an entry is.
    func path(of entry: Entry) -> [UInt8]
    /// The error for a source that is not there.
    func missing(_ pattern: String) -> ChalkError
}

/// One source of a COPY, as its tree has it.
struct SelectedSource<Entry> {
    /// What a directory that receives it calls it; for a file.
    let name: [UInt8]
    /// Where it is, links followed.
    let root: [UInt8]
    /// Whether its content is copied rather than itself.
    let isDirectory: Bool
    /// What is at and below it; a directory itself is not among them.
    let entries: [Entry]
}

extension SourceTree {
    /// A path with all links followed inside the tree.
    func resolve(_ path: [UInt8]) throws -> [UInt8] {
        LayerPath.path(
            try RootedPath.resolve(path, followingLast: true) { look(LayerPath.path($0)) })
    }
}
