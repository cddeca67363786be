internal import ChalkOCI
internal import ChalkSystem

/// The worker's side of the answers: JSON lines, the last one an answer or an error.
struct AnswerWriter: Sendable {
    private let stream: FileStream

    init(_ descriptor: consuming FileDescriptor) { stream = FileStream(descriptor) }

    /// Something on the way.
    func note(_ value: JSON) throws {
        try send("note", value)
    }

    func answer(_ value: JSON) throws {
        try send("answer", value)
    }

    func error(_ error: ExecError) throws {
        try send("error", .strings([error.code.rawValue, error.description]))
    }

    private func send(_ name: String, _ value: JSON) throws {
        let line = JSON.object([.init(name, value)]).compact() + "\n"
        try stream.write(Array(line.utf8))
    }
}
