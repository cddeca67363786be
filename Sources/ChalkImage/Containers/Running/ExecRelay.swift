internal import ChalkExec
internal import ChalkSystem
private import Synchronization

/// Passes signals on to a further process of a container, as long as it runs.
package final class ExecRelay: Sendable {
    private struct State: Sendable {
        var sink: FileStream?
        var process: Int32?
        var hasTimedOut = false
        var told: (@Sendable (Int32) -> Void)?
    }

    private let state = Mutex(State())

    /// A relay to nothing yet.
    package init() {}

    /// Sends a signal.
    ///
    /// - Returns: false while there is no process.
    @discardableResult
    package func send(_ number: Int32) -> Bool {
        guard process != nil else { return false }
        return write(ProcessSignal(number))
    }

    /// What the container calls the process; nil before it has started.
    var process: Int32? { state.withLock { $0.process } }

    var hasTimedOut: Bool { state.withLock { $0.hasTimedOut } }

    func connect(_ sink: FileStream) { state.withLock { $0.sink = sink } }

    func disconnect() { state.withLock { $0.sink = nil } }

    /// Has somebody told of the start.
    func whenStarted(_ told: @escaping @Sendable (Int32) -> Void) { state.withLock { $0.told = told } }

    func note(_ process: Int32) {
        let told = state.withLock { state in
            state.process = process
            return state.told
        }
        told?(process)
    }

    /// Kills the process some time from now.
    func kill(after delay: Duration, unless timer: Cancellation) {
        Thread.start {
            do { try Pause.wait(delay, timer) } catch { return }
            self.state.withLock { $0.hasTimedOut = true }
            _ = self.write(ProcessSignal(Signals.kill))
        }
    }

    private func write(_ signal: ProcessSignal) -> Bool {
        guard let sink = state.withLock({ $0.sink }) else { return false }
        return (try? sink.write([signal.byte])) != nil
    }
}
