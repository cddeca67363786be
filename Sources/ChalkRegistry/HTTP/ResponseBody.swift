internal import ChalkSystem

/// The body of one answer; its connection goes back to the pool with the last byte, or is closed when the body
/// is dropped before.
final class ResponseBody: ByteSource {
    private var connection: Connection?
    private var framing: BodyFraming
    private var decoder = ChunkedDecoder()
    private let cancellation: Cancellation
    private let release: (Connection) -> Void

    /// - Parameter release: takes the connection when it may carry another request.
    init(
        _ connection: Connection, framing: BodyFraming, cancellation: Cancellation,
        release: @escaping (Connection) -> Void
    ) {
        self.connection = connection
        self.framing = framing
        self.cancellation = cancellation
        self.release = release
        if framing == .length(0) { finish(isReusable: true) }
    }

    /// Fails with a ``Fault`` when the connection is cut before the body's end.
    func read(into buffer: inout [UInt8]) throws -> Int {
        guard let connection, !buffer.isEmpty else { return 0 }
        do {
            return try cancellation.guarding(connection) { try read(into: &buffer, from: connection) }
        } catch {
            self.connection = nil
            throw error
        }
    }

    private func read(into buffer: inout [UInt8], from connection: Connection) throws -> Int {
        switch framing {
        case .length(let left):
            let got = try connection.read(into: &buffer, limit: Int(clamping: left))
            if got == 0 {
                throw Fault(
                    .network, "the connection was cut \(left) bytes before the end", isTransient: true)
            }
            framing = .length(left - Int64(got))
            if left == Int64(got) { finish(isReusable: true) }
            return got
        case .chunked:
            let got = try connection.read(into: &buffer, through: &decoder)
            if decoder.isDone { finish(isReusable: true) }
            return got
        case .untilClose:
            let got = try connection.read(into: &buffer, limit: buffer.count)
            if got == 0 { finish(isReusable: false) }
            return got
        }
    }

    /// Reads at most `limit` bytes and what is left of a short rest, so that the connection can be kept.
    func prefix(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < limit, case let got = try read(into: &buffer), got > 0 {
            bytes.append(contentsOf: buffer[..<min(got, limit - bytes.count)])
        }
        return bytes
    }

    /// Throws away a short body; a long one costs its connection.
    func discard() { _ = try? prefix(limit: 65_536) }

    private func finish(isReusable: Bool) {
        if let connection, isReusable { release(connection) }
        connection = nil
    }
}

extension Cancellation {
    /// Runs work on a connection; cancelling shuts the connection down and makes this throw ``Cancelled``,
    /// whatever the work itself made of that.
    ///
    /// - Parameter grace: work that ends within so much time after the cancellation ends well.
    func guarding<T>(_ connection: Connection, grace: Duration?, _ body: () throws -> T) throws -> T {
        guard let grace else { return try guarding(connection, body) }
        try check()
        do {
            return try withHandler(
                {
                    Thread.start {
                        try? Pause.wait(grace, Cancellation())
                        connection.shutdown()
                    }
                }, body)
        } catch {
            try check()
            throw error
        }
    }

    /// The same without grace.
    func guarding<T>(_ connection: Connection, _ body: () throws -> T) throws -> T {
        try check()
        let result: T
        do {
            result = try withHandler({ connection.shutdown() }, body)
        } catch {
            try check()
            throw error
        }
        try check()
        return result
    }
}
