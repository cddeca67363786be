/// Arithmetic on the relative byte paths of layers.
enum LayerPaths {
    private static let slash = UInt8(ascii: "/")

    /// `directory/name`; either may be empty.
    static func join(_ directory: [UInt8], _ name: [UInt8]) -> [UInt8] {
        if directory.isEmpty { return name }
        return name.isEmpty ? directory : directory + [slash] + name
    }

    /// Everything before the last slash; empty for a name alone.
    static func parent(of path: [UInt8]) -> [UInt8] {
        path.lastIndex(of: slash).map { Array(path[..<$0]) } ?? []
    }

    /// The last component.
    static func name(of path: [UInt8]) -> [UInt8] {
        path.lastIndex(of: slash).map { Array(path[($0 + 1)...]) } ?? path
    }

    /// Where each component ends: the lengths of the path's ancestors and of itself.
    static func ends(of path: [UInt8]) -> [Int] {
        path.isEmpty ? [] : path.indices.filter { path[$0] == slash } + [path.count]
    }
}
