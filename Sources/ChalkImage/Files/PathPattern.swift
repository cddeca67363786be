internal import ChalkContext

/// The wildcards of COPY: those of Go's `filepath.Match`, a component at a time.
struct PathPattern {
    private let rules: IgnoreRules

    /// A pattern for one component of a path.
    init(_ component: [UInt8]) throws {
        // A leading ! would negate; in COPY it is an ordinary byte.
        let escaped = component.first == UInt8(ascii: "!") ? [UInt8(ascii: "\\")] + component : component
        rules = try IgnoreRules(profile: .docker, files: [], exclude: [escaped], dropsGit: false)
    }

    /// Whether a name fits.
    func matches(_ name: [UInt8]) throws -> Bool {
        try rules.verdict(for: name, isDirectory: false).isIgnored
    }

    /// Whether a path of COPY is a pattern.
    static func hasWildcards(_ path: String) -> Bool {
        path.utf8.contains {
            [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\")].contains($0)
        }
    }

    /// Says of a path below a source whether `--exclude` patterns leave it out.
    static func matcher(_ exclude: [String]) throws -> ([UInt8]) throws -> Bool {
        if exclude.isEmpty { return { _ in false } }
        let rules = try IgnoreRules(
            profile: .docker, files: [], exclude: exclude.map { Array($0.utf8) }, dropsGit: false)
        return { try rules.verdict(for: $0, isDirectory: false).isIgnored }
    }
}
