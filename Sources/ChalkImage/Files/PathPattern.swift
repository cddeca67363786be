internal import ChalkContext

/// The wildcards of COPY: those of Go's `filepath.Match`, a component at a time.
struct PathPattern {
    /// Says of a relative path whether patterns match it or a directory above it.
    typealias Matcher = ([UInt8]) throws -> Bool

    private static let wildcards = Set("*?[\\".utf8)
    private let rules: IgnoreRules

    /// A pattern for one component of a path.
    init(_ component: [UInt8]) throws {
        rules = try IgnoreRules(
            profile: .docker, files: [], exclude: [PathPattern.escaped(component)], dropsGit: false)
    }

    /// Whether a name fits.
    func matches(_ name: [UInt8]) throws -> Bool {
        try rules.verdict(for: name, isDirectory: false).isIgnored
    }

    /// Whether a path of COPY is a pattern.
    static func hasWildcards(_ path: String) -> Bool {
        path.utf8.contains { wildcards.contains($0) }
    }

    /// Whether a path of COPY may match nothing: one with wildcards; an escaped one is none.
    static func isOptional(_ path: String) -> Bool {
        var isEscaped = false
        for byte in path.utf8 {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if wildcards.contains(byte) {
                return true
            }
        }
        return false
    }

    /// The leading components of a relative path that have no wildcards.
    static func literalHead(of path: [UInt8]) -> [UInt8] {
        let end = LayerPaths.ends(of: path).last { end in !path[..<end].contains { wildcards.contains($0) } }
        return Array(path[..<(end ?? 0)])
    }

    /// A path of `--parents` before and after its first `/./`: what comes before is no directory that is kept.
    static func pivot(of path: String) -> (above: String, below: String) {
        var rest = path[...]
        while let slash = rest.firstIndex(of: "/") {
            if path[slash...].hasPrefix("/./") {
                return (String(path[..<slash]), String(path[slash...].dropFirst(3)))
            }
            rest = path[slash...].dropFirst()
        }
        return ("/", path)
    }

    /// Says of a path below a source whether `--exclude` patterns leave it out; nil where there are none.
    static func matcher(_ exclude: [String]) throws -> Matcher? {
        if exclude.isEmpty { return nil }
        return try matcher(of: exclude.map { Array($0.utf8) })
    }

    /// Says of a path whether a pattern matches it or a directory above it.
    static func matcher(including pattern: [UInt8]) throws -> Matcher {
        try matcher(of: [escaped(pattern)])
    }

    private static func matcher(of patterns: [[UInt8]]) throws -> Matcher {
        let rules = try IgnoreRules(profile: .docker, files: [], exclude: patterns, dropsGit: false)
        return { try rules.verdict(for: $0, isDirectory: false).isIgnored }
    }

    /// A leading ! would negate; in a path it is an ordinary byte.
    private static func escaped(_ pattern: [UInt8]) -> [UInt8] {
        pattern.first == UInt8(ascii: "!") ? [UInt8(ascii: "\\")] + pattern : pattern
    }
}
