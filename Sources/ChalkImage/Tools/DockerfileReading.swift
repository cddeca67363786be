internal import ChalkDockerfile

/// How a Dockerfile is read, as text.
public enum DockerfileReading {
    /// In which form.
    public enum Format: String, CaseIterable, Sendable {
        /// One line an instruction, as BuildKit's own parser tests have it.
        case sexpr
        /// A JSON document.
        case json
    }

    /// Largest file that is read, in bytes.
    public static let limit = 1 << 20

    /// Parses a text.
    ///
    /// - Parameter name: what errors call it.
    public static func text(_ bytes: [UInt8], name: String, _ format: Format) throws -> String {
        try ChalkError.wrap {
            let syntax = try DockerfileSyntax.parse(bytes, name: name)
            switch format {
            case .sexpr: return syntax.sExpressions
            case .json: return syntax.json
            }
        }
    }
}
