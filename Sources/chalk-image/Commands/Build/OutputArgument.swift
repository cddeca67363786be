import ChalkImage
import ChalkSystem

/// Reads `type=TYPE,dest=PATH`, as `docker buildx build -o` has it.
enum OutputArgument {
    static func read(_ text: String, _ surroundings: Surroundings, command: String) throws -> ImageOutput {
        func wrong(_ what: String) -> UsageError { UsageError(what, command: command) }
        if !text.contains("=") { return ImageOutput(.directory, to: surroundings.absolute(text)) }
        var type: String?
        var destination: String?
        for part in text.split(separator: ",") {
            let name = part.prefix { $0 != "=" }
            let value = String(part.dropFirst(name.count + 1))
            switch name {
            case "type": type = value
            case "dest": destination = value
            default: throw wrong("an output has type and dest, not \"\(part)\"")
            }
        }
        guard let type, let kind = kinds[type] else {
            throw wrong(
                "the type of an output is oci, oci-archive, docker-archive, dir or tar, not \"\(type ?? "")\""
            )
        }
        guard let destination, !destination.isEmpty else { throw wrong("an output needs dest=PATH") }
        if destination == "-" {
            if kind == .layout || kind == .directory {
                throw wrong("type=\(type) cannot go to standard output")
            }
            return ImageOutput(kind, to: "-")
        }
        return ImageOutput(kind, to: surroundings.absolute(destination))
    }

    private static let kinds: [String: ImageOutput.Kind] = [
        "oci": .layout, "oci-archive": .archive, "docker-archive": .dockerArchive, "docker": .dockerArchive,
        "dir": .directory, "local": .directory, "tar": .tar,
    ]
}
