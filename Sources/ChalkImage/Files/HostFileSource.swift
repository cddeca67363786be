internal import ChalkContext
internal import ChalkSystem

/// A file below a directory of the host, read from its start; notices when it is not the one that was listed.
final class HostFileSource: ByteSource {
    private var reader: ContextReader
    private let path: [UInt8]
    private let stamp: FileStamp
    private let name: String
    private var position: Int64 = 0

    /// - Parameter name: what errors call it.
    init(_ path: [UInt8], in directory: HostDirectory, stamp: FileStamp, name: String) throws {
        reader = try ContextReader.open(directory.descriptor)
        self.path = path
        self.stamp = stamp
        self.name = name
    }

    func read(into buffer: inout [UInt8]) throws -> Int {
        let count = Int(min(Int64(buffer.count), stamp.size - position))
        if count <= 0 { return 0 }
        let (got, status) = try reader.read(path, at: position, count: count, into: &buffer, at: 0)
        guard got == count, status.stamp == stamp else {
            throw ChalkError(
                .failed, "\(name) changed while it was read; build again when nothing writes to it")
        }
        position += Int64(got)
        return got
    }
}
