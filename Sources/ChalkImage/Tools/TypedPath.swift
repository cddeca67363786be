internal import ChalkSystem

/// An absolute path from what somebody typed, by the text alone.
struct TypedPath {
    static let slash = UInt8(ascii: "/")

    /// Without empty ones, `.` and `..`.
    private(set) var names: [[UInt8]] = []
    /// Whether it ends in a slash, `.` or `..`.
    private(set) var namesDirectory = false

    /// A path, relative to `directory` unless it starts with a slash.
    init(_ path: [UInt8], in directory: TypedPath? = nil) {
        if path.first != TypedPath.slash, let directory { names = directory.names }
        for part in path.split(separator: TypedPath.slash, omittingEmptySubsequences: false) {
            switch Array(part) {
            case [], Array(".".utf8): namesDirectory = true
            case Array("..".utf8):
                _ = names.popLast()
                namesDirectory = true
            case let name:
                names.append(name)
                namesDirectory = false
            }
        }
    }

    /// What is left below `root`; nil for a path that is not below it.
    func names(below root: TypedPath) -> [[UInt8]]? {
        names.starts(with: root.names) ? Array(names.dropFirst(root.names.count)) : nil
    }

    /// For people.
    var display: String { "/" + Array(names.joined(separator: [TypedPath.slash])).display }
}
