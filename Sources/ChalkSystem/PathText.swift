/// Arithmetic on slash-separated paths; looks at no file.
package enum PathText {
    /// `path` seen from `directory` where it is relative.
    package static func absolute(_ path: String, in directory: String) -> String {
        normalized(path.utf8.first == UInt8(ascii: "/") ? path : directory + "/" + path)
    }

    /// An absolute path without empty, `.` and `..` components, by the text alone (links are not looked at).
    package static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: true) where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The path without its last component; `/` for `/x`, `.` for `x`.
    package static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last component.
    package static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }
}
