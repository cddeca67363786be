internal import ChalkArchive
internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// Plain files as one tar, in byte order, with the directories above them.
struct ArchiveFiles {
    private let sink: any ByteSink
    private let cancellation: Cancellation
    private var files: [String: (size: Int64, open: () throws -> any ByteSource)] = [:]

    init(_ sink: any ByteSink, _ cancellation: Cancellation) {
        self.sink = sink
        self.cancellation = cancellation
    }

    /// Adds a file of bytes.
    mutating func add(_ name: String, _ bytes: [UInt8]) {
        files[name] = (Int64(bytes.count), { MemorySource(bytes) })
    }

    /// Adds a blob of the store.
    mutating func add(_ name: String, _ blob: Descriptor, from store: ContentStore) {
        files[name] = (blob.size, { try store.source(of: blob) })
    }

    /// Writes the tar.
    func write() throws {
        let writer = try LayerWriter(options: LayerOptions(compression: .none), sink: sink)
        var names = Set(files.keys)
        for name in files.keys {
            let path = Array(name.utf8)
            for end in LayerPaths.ends(of: path).dropLast() {
                names.insert(String(decoding: path[..<end], as: UTF8.self))
            }
        }
        let epoch = Timestamp.defaultEpoch.seconds
        for name in names.map({ Array($0.utf8) }).sorted(by: { LayerPath.precedes($0, $1) }) {
            try cancellation.check()
            if let file = files[String(decoding: name, as: UTF8.self)] {
                try writer.add(
                    try LayerEntry(path: name, kind: .file(size: file.size), mode: 0o644, mtime: epoch),
                    content: try file.open())
            } else {
                try writer.add(try LayerEntry(path: name, kind: .directory, mode: 0o755, mtime: epoch))
            }
        }
        _ = try writer.finish()
    }
}
