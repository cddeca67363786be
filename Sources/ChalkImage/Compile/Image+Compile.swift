internal import ChalkArchive
internal import ChalkContext
internal import ChalkPlan
internal import ChalkSystem

extension Image {
    /// The image as the text of a Dockerfile. Local files that it copies are named as ``compile(to:)`` writes them.
    public func dockerfile() throws -> String {
        try ChalkError.wrap { try SpecDockerfile(spec).text }
    }

    /// Writes `Dockerfile` and the files that it copies to a directory, such that any builder of Dockerfiles makes
    /// the same tree and the same config.
    ///
    /// - Parameter directory: absolute; made where it is missing, else it must be empty.
    /// - Returns: what the ignore files make people stumble over, one sentence each.
    @discardableResult
    public func compile(to directory: String) throws -> [String] {
        try ChalkError.wrap {
            let context = try CompiledContext(self)
            let attachments = context?.attachmentDirectory ?? "files"
            let compiled = try SpecDockerfile(spec, attachmentsIn: attachments)
            try FileSystem.makeDirectories(directory, mode: 0o755)
            let root = try FileDescriptor.directory(directory)
            guard try root.entries().isEmpty else {
                throw ChalkError(.invalidInput, "cannot compile to \(directory): it is not empty")
            }
            try AtomicFile.write(Array(compiled.text.utf8), to: "Dockerfile", in: root)
            try context?.write(to: root, attachments: compiled.attachments.isEmpty ? nil : attachments)
            var writer = AttachmentWriter(root: directory)
            for attachment in compiled.attachments { try writer.write(attachment) }
            return writer.warnings
        }
    }
}

/// Writes the files of a compiled spec, with the modes that they have in the image.
private struct AttachmentWriter {
    let root: String
    private(set) var warnings: [String] = []

    init(root: String) {
        self.root = root
    }

    mutating func write(_ attachment: SpecDockerfile.Attachment) throws {
        let path = "\(root)/\(attachment.path)"
        switch attachment.content {
        case .bytes(let bytes): try write(MemorySource(bytes), to: path, mode: attachment.mode ?? 0o644)
        case .lz4Frame(let frame):
            try write(
                MemorySource(try Decompressor.lz4Decode(frame, limit: 64 << 20)), to: path,
                mode: attachment.mode ?? 0o644)
        case .localFile(let source):
            let file = try FileDescriptor.open(source)
            let mode = ImageMode.of(try file.status())
            try write(FileStream(file), to: path, mode: attachment.mode ?? mode)
        case .localDirectory(let source, let exclude): try copyTree(source, exclude, to: path)
        }
    }

    private func write(_ source: any ByteSource, to path: String, mode: UInt32) throws {
        try FileSystem.makeDirectories(PathText.parent(of: path), mode: 0o755)
        let parent = try FileDescriptor.directory(PathText.parent(of: path))
        let name = PathText.name(of: path)
        try source.drain(into: FileStream(try parent.open(name, [.writeOnly, .create, .exclusive])))
        try parent.changeMode(mode, of: name)
    }

    private mutating func copyTree(_ source: String, _ exclude: [String], to path: String) throws {
        try FileSystem.makeDirectories(path, mode: 0o755)
        let target = try FileDescriptor.directory(path)
        let directory = try FileDescriptor.directory(source)
        let walker = try ContextWalker(
            options: .init(
                exclude: exclude.map { Array($0.utf8) }, readsStatus: true, findsDifferences: true))
        let (entries, found) = try walker.collect(directory)
        warnings += found.map { $0.description(of: source) }
        try TreeCopy.copy(entries, from: directory, named: source, to: target)
    }
}
