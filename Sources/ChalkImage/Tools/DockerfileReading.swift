internal import ChalkDockerfile
internal import ChalkSystem

/// How a Dockerfile is read, as text.
public enum DockerfileReading {
    /// In which form.
    public enum Format: String, CaseIterable, Sendable {
        /// One line an instruction, as BuildKit's own parser tests have it.
        case sexpr
        /// A JSON document.
        case json
    }

    /// Parses a file.
    public static func text(_ path: String, _ format: Format) throws -> String {
        try ChalkError.wrap {
            let syntax = try DockerfileSyntax.parse(try FileSystem.read(path, limit: 1 << 20), name: path)
            switch format {
            case .sexpr: return syntax.sExpressions
            case .json: return syntax.json
            }
        }
    }
}
