import ChalkImage
import ChalkSystem

/// The FILE word of the commands that look at a Dockerfile: a path, or `-` for standard input.
struct DockerfileArgument {
    /// As it was typed.
    let name: String
    /// Absolute; nil for standard input.
    let path: String?
    let bytes: [UInt8]

    /// Reads what a word names.
    init(_ word: String, _ surroundings: Surroundings) throws {
        if word == "-" {
            name = "-"
            path = nil
            bytes = try FileDescriptor.standardInput().readToEnd(limit: DockerfileReading.limit)
            return
        }
        let path = surroundings.absolute(word)
        guard let status = try FileSystem.statusIfPresent(path) else {
            throw ChalkError(
                .notFound, "there is no file \(word); name a Dockerfile, or - for standard input")
        }
        if status.kind == .directory {
            throw ChalkError(.invalidInput, "\(word) is a directory; name a Dockerfile")
        }
        name = word
        self.path = path
        bytes = try FileSystem.read(path, limit: DockerfileReading.limit)
    }
}
