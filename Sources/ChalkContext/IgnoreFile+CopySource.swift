/// What a `.dockerignore` says of a source of COPY before anything is looked up in the context.
extension IgnoreFile {
    /// Whether a `docker` pattern fits a source as it is written, or a directory above it.
    ///
    /// Never where the file has exceptions: then only the context itself can tell. The whole context (`.`, `/`) is
    /// left out only by a pattern for everything.
    package func leavesOut(copySource source: String) -> Bool {
        if patterns.contains(where: \.isInclude) { return false }
        var path = CleanPath.clean(Array(source.utf8)[...])
        if path.first == UInt8(ascii: "/") { path.removeFirst() }
        if path.isEmpty || path == Array(".".utf8) {
            return patterns.contains {
                ["*", "**", "**/*"].contains(String(decoding: $0.text, as: UTF8.self))
            }
        }
        let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.indices.contains { index in
            let above = Array(parts[...index].joined(separator: [UInt8(ascii: "/")]))
            return patterns.contains { pattern in
                guard case .docker(let glob) = pattern.shape, glob.shape != .broken else { return false }
                return glob.matches(above.span)
            }
        }
    }
}
