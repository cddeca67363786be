internal import ChalkSystem

/// One HTTP/1.1 connection, and the bytes that have been read from it but not used.
final class Connection: @unchecked Sendable {
    // In the pool nobody looks at a connection; out of it, one thread does. Only shutdown() comes from others,
    // and it touches the channel alone, which is Sendable: hence Sendable.
    let destination: Destination
    private let channel: any Channel
    private var input = [UInt8](repeating: 0, count: 65_536)
    private var start = 0
    private var end = 0
    private var earlyHead: HTTPResponseHead?
    private let idleTimeout: Duration
    private let meter: TrafficMeter
    /// Whether any byte of an answer to the present request has come.
    private(set) var isAnswering = false

    init(_ channel: any Channel, destination: Destination, idleTimeout: Duration, meter: TrafficMeter) {
        self.meter = meter
        self.channel = channel
        self.destination = destination
        self.idleTimeout = idleTimeout
    }

    /// Wakes whoever waits on the connection; from any thread.
    func shutdown() { channel.shutdown() }

    /// Whether a connection that was kept is still good: open, and nothing unasked has come.
    func isQuiet() -> Bool {
        guard start == end else { return false }
        do {
            return try channel.readIfReady(into: &input, offset: 0, count: input.count) == nil
        } catch {
            return false
        }
    }

    /// Sends a request and reads the head of its answer.
    ///
    /// - Parameter leave: how long to wait for leave to send the body, where the head asks for it.
    /// - Returns: the head, and whether all of the request was sent. An answer that comes before the end of the
    ///   body (401, 413, …) stops the sending.
    func exchange(
        _ head: [UInt8], body: RequestBody?, leave: Duration? = nil, answerTimeout: Duration
    ) throws -> (head: HTTPResponseHead, isSent: Bool) {
        (isAnswering, earlyHead) = (false, nil)
        var isSent = false
        var broken: SystemError?
        do {
            isSent = try write(head[...])
        } catch let error as SystemError {
            broken = error
        }
        if isSent, let leave { isSent = try hasLeave(within: leave) }
        if isSent, let body {
            (isSent, broken) = try send(body)
        }
        if let broken, broken.isTimeout { throw Fault.broken(broken, timeout: idleTimeout) }
        // Who refuses a body often answers, then closes: the answer may be there although writing failed.
        do {
            return (try readHead(timeout: answerTimeout), isSent)
        } catch {
            // What TLS has to say of it is more than that the connection broke.
            let isExplained = (error as? Fault)?.code == .certificate
            if let broken, !isAnswering, !isExplained { throw Fault.broken(broken, timeout: idleTimeout) }
            throw error
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>) throws -> Bool {
        try channel.write(bytes, timeout: idleTimeout) { try answerHasCome() }
    }

    /// Whether the body may be sent: the other side says so, or nothing at all for a while.
    private func hasLeave(within patience: Duration) throws -> Bool {
        let deadline = ContinuousClock.now + patience
        while start == end {
            do {
                end = try channel.read(
                    into: &input, offset: 0, count: input.count, timeout: deadline - ContinuousClock.now)
            } catch let error as SystemError {
                // Of what is broken, writing or readHead() tells.
                return error.isTimeout
            }
            start = 0
            if end == 0 { return false }
        }
        let head = try readOneHead(until: .now + idleTimeout, timeout: idleTimeout)
        if head.status < 200 { return true }
        earlyHead = head
        return false
    }

    /// Errors of the source pass through; those of the connection are handed back.
    private func send(_ body: RequestBody) throws -> (isSent: Bool, broken: SystemError?) {
        let source = try body.content.open(body.offset)
        var buffer = [UInt8](repeating: 0, count: 262_144)
        var left = body.length
        while left > 0 {
            let got = try source.read(into: &buffer)
            if got == 0 { throw Fault(.content, "its content ends \(left) bytes before its size") }
            let piece = buffer[..<Int(min(left, Int64(got)))]
            do {
                if try !write(piece) { return (false, nil) }
                left -= Int64(piece.count)
                meter.addSent(piece.count)
                body.progress?(body.offset + body.length - left)
                if left > 0, try answerHasCome() { return (false, nil) }
            } catch let error as SystemError {
                return (false, error)
            }
        }
        return (true, nil)
    }

    /// Whether the final head of the answer is there already, looking without waiting for its first byte.
    private func answerHasCome() throws -> Bool {
        if earlyHead != nil { return true }
        while true {
            if start == end {
                guard let got = try channel.readIfReady(into: &input, offset: 0, count: input.count) else {
                    return false
                }
                (start, end) = (0, got)
                // The end: readHead() will say what that means.
                if got == 0 { return true }
            }
            let head = try readOneHead(until: .now + idleTimeout, timeout: idleTimeout)
            if head.status >= 200 {
                earlyHead = head
                return true
            }
        }
    }

    private func readHead(timeout: Duration) throws -> HTTPResponseHead {
        if let head = earlyHead { return head }
        let deadline = ContinuousClock.now + timeout
        for _ in 0..<16 {
            let head = try readOneHead(until: deadline, timeout: timeout)
            if head.status == 101 { throw Fault.violation("it wants to switch protocols") }
            if head.status >= 200 { return head }
        }
        throw Fault.violation("it sends preliminary answers without end")
    }

    private func readOneHead(
        until deadline: ContinuousClock.Instant, timeout: Duration
    ) throws -> HTTPResponseHead {
        var collector = HeadCollector()
        while !collector.isComplete {
            if start == end {
                let left = deadline - ContinuousClock.now
                if left <= .zero { throw Fault.silent(timeout) }
                do {
                    end = try channel.read(into: &input, offset: 0, count: input.count, timeout: left)
                } catch let error as SystemError {
                    throw Fault.broken(error, timeout: timeout)
                }
                start = 0
                if end == 0 {
                    throw Fault(
                        .network,
                        isAnswering
                            ? "the connection was cut in the head of the answer"
                            : "the connection was closed without an answer", isTransient: true)
                }
            }
            isAnswering = true
            start += try collector.take(input[start..<end])
        }
        return try HTTPResponseHead(parsing: collector.bytes)
    }

    /// Reads at most `limit` bytes of a body to the start of `buffer`; 0 is the end of the connection.
    func read(into buffer: inout [UInt8], limit: Int) throws -> Int {
        let count = min(limit, buffer.count)
        if start == end {
            do {
                let got = try channel.read(into: &buffer, offset: 0, count: count, timeout: idleTimeout)
                meter.addReceived(got)
                return got
            } catch let error as SystemError {
                throw Fault.broken(error, timeout: idleTimeout)
            }
        }
        let got = min(count, end - start)
        buffer.replaceSubrange(0..<got, with: input[start..<start + got])
        start += got
        meter.addReceived(got)
        return got
    }

    /// Reads payload of a chunked body to the start of `buffer`; 0 is the end of the body.
    func read(into buffer: inout [UInt8], through decoder: inout ChunkedDecoder) throws -> Int {
        while !decoder.isDone {
            if start == end {
                (start, end) = (0, 0)
                do {
                    end = try channel.read(
                        into: &input, offset: 0, count: input.count, timeout: idleTimeout)
                } catch let error as SystemError {
                    throw Fault.broken(error, timeout: idleTimeout)
                }
                if end == 0 { throw Fault(.network, "the connection was cut", isTransient: true) }
            }
            let piece = try decoder.next(input[start..<min(end, start + buffer.count)])
            start += piece.framing
            if piece.payload > 0 {
                buffer.replaceSubrange(0..<piece.payload, with: input[start..<start + piece.payload])
                start += piece.payload
                meter.addReceived(piece.payload)
                return piece.payload
            }
        }
        return 0
    }
}
