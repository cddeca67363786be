internal import ChalkOCI
internal import ChalkSystem

/// Unpacks the layers of a stack, several at a time. A layer that must know what lies below it waits for that.
struct UnpackedStack {
    /// Layers at a time: each has a thread that decompresses, one that digests and one that writes.
    static let width = 2

    let layers: [WorkerJob.Unpacking]
    let home: String
    /// What is unpacked below them, nearest first.
    let lowers: [String]
    let userXattr: Bool
    let layerWork: any LayerWork

    /// Unpacks under temporary names, waits for the disk, and then makes all visible from the bottom up.
    func unpack(answers: AnswerWriter) throws -> JSON {
        let directory = try FileDescriptor.directory(home)
        let work = self
        let line = LayerLine(count: layers.count)
        for _ in 0..<min(UnpackedStack.width, layers.count) {
            IOPool.shared.submit {
                while let index = line.next() {
                    line.end(index, Result { try work.unpack(index, line) })
                }
            }
        }
        defer { line.waitForAll() }
        for index in layers.indices {
            try line.wait(for: index)
            try answers.note(.object([.init("unpacked", .integer(Int64(index)))]))
        }
        try directory.syncFileSystem()
        for layer in layers { try directory.rename(layer.temporary, to: layer.final, in: directory) }
        try directory.sync()
        return .null
    }

    private func unpack(_ index: Int, _ line: LayerLine) throws {
        let layer = layers[index]
        let directory = try FileDescriptor.directory(home)
        let blob = FileStream(try WorkerDescriptor.take(WorkerDescriptor.firstInput + Int32(index)))
        try directory.makeDirectory(layer.temporary, mode: 0o700)
        let place = try directory.open(layer.temporary, [.readOnly, .directory, .noFollow])
        try place.makeDirectory("fs", mode: 0o755)
        let root = try place.open("fs", [.readOnly, .directory, .noFollow])
        let found: DiffID
        do {
            found = try layerWork.apply(
                blob: blob, into: root, lowers: { try below(index, line) }, userXattr: userXattr)
        } catch {
            throw ExecError(.layerFailed, "cannot unpack layer \(layer.diffID): \(error)")
        }
        guard found == layer.diffID else {
            throw ExecError(
                .layerMismatch,
                "cannot unpack layer \(layer.diffID): its content has diffID \(found);"
                    + " the image is damaged or its config is wrong, pull or import it again")
        }
    }

    /// The directories below a layer, once they are whole.
    private func below(_ index: Int, _ line: LayerLine) throws -> [String] {
        for lower in 0..<index { try line.wait(for: lower) }
        return layers[..<index].reversed().map { "\(home)/\($0.temporary)/fs" } + lowers
    }
}
