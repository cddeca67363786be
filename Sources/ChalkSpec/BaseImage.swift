/// What an image starts from.
package enum BaseImage: Hashable, Sendable {
    /// An image reference as the user wrote it; `scratch` is the empty image.
    case reference(String)
    /// A Dockerfile, byte for byte; the steps of the spec follow its last stage.
    case dockerfile(DockerfileSource)
}

/// A Dockerfile as it was read. Its bytes are never changed, so heredocs, comments and `# escape` survive.
package struct DockerfileSource: Hashable, Sendable {
    /// Largest Dockerfile that is read, in bytes.
    package static let limit = 1 << 20

    /// Absolute host path that it came from; else what messages call it.
    package let path: String
    package let contents: [UInt8]

    package init(path: String, contents: [UInt8]) {
        self.path = path
        self.contents = contents
    }

    /// Whether the first instruction, after any ARG, is FROM: what every Dockerfile needs to have a stage at all.
    package var startsAStage: Bool {
        var escape = UInt8(ascii: "\\")
        var directives = true
        var continues = false
        var bytes = contents[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        for raw in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = Self.trimmed(raw)
            if line.first == UInt8(ascii: "#") {
                if directives, let (name, value) = Self.directive(line) {
                    if name == "escape", value == "`" { escape = UInt8(ascii: "`") }
                } else {
                    directives = false
                }
                continue
            }
            directives = false
            if line.isEmpty { continue }
            let inside = continues
            continues = line.last == escape
            if inside { continue }
            let word = line.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != escape }
            switch String(decoding: word, as: UTF8.self).lowercased() {
            case "arg": continue
            case "from": return true
            default: return false
            }
        }
        return false
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        var line = line.drop(while: isSpace)
        while let last = line.last, isSpace(last) { line = line.dropLast() }
        return line
    }

    /// `# name=value`, as parser directives are written.
    private static func directive(_ line: ArraySlice<UInt8>) -> (name: String, value: String)? {
        let body = line.dropFirst()
        guard let equals = body.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = String(decoding: trimmed(body[..<equals]), as: UTF8.self).lowercased()
        let value = String(decoding: trimmed(body[(equals + 1)...]), as: UTF8.self)
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else { return nil }
        return (name, value)
    }
}

/// The parts of a one-stage Dockerfile that the wire form can say: what FROM names, and the text after it.
package struct DockerfileHead: Hashable, Sendable {
    /// The reference after FROM, without flags and stage name.
    package let baseImage: String
    /// Everything after the FROM line, verbatim, one instruction each.
    package let commands: [String]

    package init(baseImage: String, commands: [String]) {
        self.baseImage = baseImage
        self.commands = commands
    }
}
