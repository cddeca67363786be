private import Synchronization

/// A source that is read on a thread of its own, a few buffers ahead of its reader, so that what makes the bytes
/// and what uses them share the processors.
///
/// Whoever made it calls ``stop()`` before letting go of what the source reads from.
package final class ReadAhead: ByteSource {
    private static let bufferSize = 262_144
    private static let most = 4

    /// A source on its way to the other thread.
    private struct Handed: @unchecked Sendable {
        // From the start of the thread to the signal that it has ended only the thread touches the source; the
        // reader does so before and after.
        let source: any ByteSource
    }

    private struct State: Sendable {
        var full: [[UInt8]] = []
        var end: Result<Void, any Error>?
        var isStopped = false
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
        let space = WaitPoint()
        let data = WaitPoint()
        let ended = WaitPoint()

        func fill(from source: any ByteSource) {
            let end = Result {
                while true {
                    space.wait()
                    if state.withLock({ $0.isStopped }) { return }
                    var buffer = [UInt8](repeating: 0, count: ReadAhead.bufferSize)
                    let got = try source.read(into: &buffer)
                    if got == 0 { return }
                    buffer.removeLast(buffer.count - got)
                    state.withLock { $0.full.append(buffer) }
                    data.signal()
                }
            }
            state.withLock { $0.end = end }
            data.signal()
            ended.signal()
        }
    }

    private let shared = Shared()
    private let direct: (any ByteSource)?
    private var isRunning: Bool
    private var current: [UInt8] = []
    private var position = 0

    /// Starts reading. Where no thread is to be had, the source is read by its reader.
    package init(_ source: any ByteSource) {
        for _ in 0..<ReadAhead.most { shared.space.signal() }
        let handed = Handed(source: source)
        isRunning = Thread.tryStart { [shared] in shared.fill(from: handed.source) }
        direct = isRunning ? nil : source
    }

    deinit { stop() }

    package func read(into buffer: inout [UInt8]) throws -> Int {
        if let direct { return try direct.read(into: &buffer) }
        if position == current.count, try !next() { return 0 }
        let count = min(buffer.count, current.count - position)
        buffer.replaceSubrange(0..<count, with: current[position..<position + count])
        position += count
        return count
    }

    /// Ends the thread, at the latest when the read that it is in returns.
    package func stop() {
        guard isRunning else { return }
        isRunning = false
        shared.state.withLock { $0.isStopped = true }
        shared.space.signal()
        shared.ended.wait()
    }

    /// Takes the next buffer; false at the end, however often it is asked.
    private func next() throws -> Bool {
        shared.data.wait()
        let (buffer, end) = shared.state.withLock { state in
            (state.full.isEmpty ? nil : state.full.removeFirst(), state.end)
        }
        guard let buffer else {
            shared.data.signal()
            try end?.get()
            return false
        }
        current = buffer
        position = 0
        shared.space.signal()
        return true
    }
}
