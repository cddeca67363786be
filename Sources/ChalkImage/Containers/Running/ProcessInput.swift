internal import ChalkSystem
private import Synchronization

/// The writing end of a process' standard input.
final class ProcessInput: Sendable {
    private let sink: Mutex<FileStream?>

    init(_ sink: consuming FileDescriptor) { self.sink = Mutex(FileStream(sink)) }

    /// Writes all, also while another thread closes it; nothing to a reader that has gone.
    func write(_ bytes: [UInt8]) throws {
        guard let sink = sink.withLock({ $0 }) else { return }
        do {
            try sink.write(bytes)
        } catch {
            if !error.isReaderGone { throw error }
        }
    }

    func close() { sink.withLock { $0 = nil } }
}
