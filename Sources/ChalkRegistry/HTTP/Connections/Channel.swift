internal import ChalkSystem

/// Bytes to and from the other side, in the clear or through TLS. One thread uses it at a time; only
/// ``shutdown()`` may come from another.
protocol Channel: AnyObject, Sendable {
    /// Reads at most `count` bytes to `buffer[offset...]`, waiting up to `timeout`; 0 is the end.
    func read(into buffer: inout [UInt8], offset: Int, count: Int, timeout: Duration) throws -> Int
    /// The same without waiting; nil when nothing is there.
    func readIfReady(into buffer: inout [UInt8], offset: Int, count: Int) throws -> Int?
    /// Writes every byte, waiting up to `timeout` whenever none can be taken. While it waits and something can be
    /// read, `isAnswered` is asked; false comes back when that said true and bytes were left unsent.
    func write(_ bytes: ArraySlice<UInt8>, timeout: Duration, isAnswered: () throws -> Bool) throws -> Bool
    /// Ends the connection and wakes whoever waits on it.
    func shutdown()
}

extension Socket {
    /// Writes every byte; see ``Channel/write(_:timeout:isAnswered:)``.
    func write(_ bytes: ArraySlice<UInt8>, timeout: Duration, isAnswered: () throws -> Bool) throws -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            if let sent = try send(rest) {
                rest = rest.dropFirst(sent)
                continue
            }
            let ready = try wait(for: [.read, .write], timeout: timeout)
            if ready.contains(.read), try isAnswered() { return false }
        }
        return true
    }
}

/// A connection without TLS.
final class PlainChannel: Channel {
    private let socket: Socket

    init(_ socket: Socket) { self.socket = socket }

    func read(into buffer: inout [UInt8], offset: Int, count: Int, timeout: Duration) throws -> Int {
        try socket.read(into: &buffer, offset: offset, count: count, timeout: timeout)
    }

    func readIfReady(into buffer: inout [UInt8], offset: Int, count: Int) throws -> Int? {
        try socket.receive(into: &buffer, offset: offset, count: count)
    }

    func write(_ bytes: ArraySlice<UInt8>, timeout: Duration, isAnswered: () throws -> Bool) throws -> Bool {
        try socket.write(bytes, timeout: timeout, isAnswered: isAnswered)
    }

    func shutdown() { socket.shutdown() }
}
