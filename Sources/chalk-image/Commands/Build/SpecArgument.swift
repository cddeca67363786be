import ChalkImage
import ChalkSystem
import Glibc

/// Reads the SPEC word of a command line: JSON, protobuf bytes (`.pb`, `.binpb`), or `-` for either on standard input.
enum SpecArgument {
    private static let limit = 64 << 20

    /// The image that `word` describes.
    static func image(_ word: String, _ surroundings: Surroundings) throws -> Image {
        if word == "-" {
            let bytes = try FileDescriptor(owning: dup(0)).readToEnd(limit: limit)
            return try image(
                bytes, isProtobuf: bytes.first != UInt8(ascii: "{"), in: surroundings.workingDirectory, word)
        }
        let path = surroundings.absolute(word)
        guard let status = try FileSystem.statusIfPresent(path) else {
            throw ChalkError(.notFound, "there is no spec file \(word)")
        }
        if status.kind == .directory {
            throw ChalkError(
                .invalidInput,
                "\(word) is a directory; name a spec file, or build a Dockerfile with -f FILE DIRECTORY")
        }
        let bytes = try FileSystem.read(path, limit: limit)
        let isProtobuf = path.hasSuffix(".pb") || path.hasSuffix(".binpb")
        return try image(bytes, isProtobuf: isProtobuf, in: PathText.parent(of: path), word)
    }

    private static func image(_ bytes: [UInt8], isProtobuf: Bool, in directory: String, _ word: String) throws
        -> Image
    {
        do {
            return isProtobuf ? try Image(protobuf: bytes) : try Image(json: bytes, relativeTo: directory)
        } catch {
            let inner = ChalkError(wrapping: error)
            // A spec that names a file which is not there is a wrong spec.
            throw ChalkError(
                inner.kind == .notFound ? .invalidInput : inner.kind,
                "\(word == "-" ? "standard input" : word): \(inner.description)")
        }
    }
}
