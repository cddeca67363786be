internal import ChalkOCI
internal import ChalkSystem

/// A nameless file that takes in content that is needed a second time.
final class Spool {
    private let file: SpoolFile
    private var end: Int64 = 0

    private init(_ file: SpoolFile) { self.file = file }

    /// A spool on the file system of a directory.
    static func make(in directory: String) throws -> Spool {
        let parent = try FileDescriptor.directory(directory)
        let name = ".spool-\(RandomName.make())"
        let file = try parent.open(name, [.readWrite, .create, .exclusive], mode: 0o600)
        try parent.removeFile(name)
        return Spool(SpoolFile(file))
    }

    /// Takes in all that is left of a source.
    func append(_ source: any ByteSource) throws -> (origin: ContentOrigin, digest: Digest) {
        let start = end
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: 262_144)
        while case let got = try source.read(into: &buffer), got > 0 {
            try file.descriptor.write(buffer[..<got])
            hasher.update(buffer[..<got])
            end += Int64(got)
        }
        return (.spooled(file, start: start), hasher.finish())
    }
}

/// An open file whose content does not change, for any thread: what a spool took in, or a blob.
final class SpoolFile: Sendable {
    fileprivate let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

    /// Fills `buffer[offset..<offset + count]` from a position of the file.
    func read(into buffer: inout [UInt8], offset: Int, count: Int, at position: Int64) throws {
        var done = 0
        while done < count {
            let got = try descriptor.read(
                into: &buffer, offset: offset + done, count: count - done, at: position + Int64(done))
            if got == 0 { throw ChalkError(.failed, "content that was kept for a step is gone; build again") }
            done += got
        }
    }
}
