internal import ChalkOCI
internal import ChalkSystem

/// A nameless file for content that is needed a second time.
final class Spool {
    private let file: FileDescriptor
    private var end: Int64 = 0

    private init(_ file: consuming FileDescriptor) { self.file = file }

    /// A spool on the file system of a directory.
    static func make(in directory: String) throws -> Spool {
        let parent = try FileDescriptor.directory(directory)
        let name = ".spool-\(RandomName.make())"
        let file = try parent.open(name, [.readWrite, .create, .exclusive], mode: 0o600)
        try parent.removeFile(name)
        return Spool(file)
    }

    /// Takes in all that is left of a source.
    func append(_ source: any ByteSource) throws -> (range: Range<Int64>, digest: Digest) {
        let start = end
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: 262_144)
        while case let got = try source.read(into: &buffer), got > 0 {
            try file.write(buffer[..<got])
            hasher.update(buffer[..<got])
            end += Int64(got)
        }
        return (start..<end, hasher.finish())
    }

    /// Content that was taken in, from its start.
    func open(_ range: Range<Int64>) -> any ByteSource { SpoolSource(spool: self, range: range) }

    fileprivate func read(into buffer: inout [UInt8], at position: Int64) throws -> Int {
        try file.read(into: &buffer, at: position)
    }
}

private final class SpoolSource: ByteSource {
    private let spool: Spool
    private var range: Range<Int64>

    init(spool: Spool, range: Range<Int64>) {
        self.spool = spool
        self.range = range
    }

    func read(into buffer: inout [UInt8]) throws -> Int {
        if range.isEmpty { return 0 }
        let got = try spool.read(into: &buffer, at: range.lowerBound)
        let use = Int(min(Int64(got), range.upperBound - range.lowerBound))
        range = range.lowerBound + Int64(use)..<range.upperBound
        return use
    }
}
