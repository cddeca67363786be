internal import ChalkExec
internal import ChalkSystem
private import Synchronization

/// The FIFO through which a container's process is sent signals: whoever may write to the store's files may send them.
enum ContainerControl {
    static let name = "control"

    /// Makes the FIFO and opens both its ends, so that it never ends.
    static func make(in directory: String) throws -> FileDescriptor {
        let parent = try FileDescriptor.directory(directory)
        try parent.makeNode(name, type: 0o010000, mode: 0o600, device: 0)
        return try parent.open(name, [.readWrite])
    }

    /// Sends a signal; false when nobody is there to take it.
    @discardableResult
    static func send(_ signal: ProcessSignal, to directory: String) throws -> Bool {
        do {
            let fifo = FileStream(
                try FileDescriptor.open("\(directory)/\(name)", [.writeOnly, .nonBlocking]))
            try fifo.write([signal.byte])
            return true
        } catch {
            if error.isNotFound || error.isWithoutReader { return false }
            throw error
        }
    }
}

/// Passes signals on to a container in the foreground, as soon as there is one.
package final class SignalRelay: Sendable {
    private let directory = Mutex<String?>(nil)

    /// A relay to nothing yet.
    package init() {}

    func connect(to directory: String?) { self.directory.withLock { $0 = directory } }

    /// Sends a signal. One that the container's process takes no notice of ends it.
    ///
    /// - Returns: false while there is no container.
    package func send(_ number: Int32) -> Bool {
        guard let path = directory.withLock({ $0 }) else { return false }
        let ends = [Signals.hangup, Signals.interrupt, Signals.quit, Signals.terminate]
        return
            (try? ContainerControl.send(
                ProcessSignal(number, mustBeNoticed: ends.contains(number)), to: path)) ?? false
    }
}
