internal import Glibc

/// A connected stream socket that never blocks, except in ``wait(for:timeout:)``, and never raises SIGPIPE.
///
/// A class, so that whoever cancels can hold the open descriptor while it is shut down: the descriptor is
/// closed only when the last holder lets go, so its number cannot have become another file's meanwhile.
package final class Socket: Sendable {
    private let file: FileDescriptor

    /// What a socket is waited for.
    package struct Readiness: OptionSet, Sendable {
        /// Bits of our own.
        package let rawValue: UInt8
        /// Readiness from bits.
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Bytes, the end or an error can be read.
        package static let read = Readiness(rawValue: 1)
        /// Bytes can be written, or writing would fail at once.
        package static let write = Readiness(rawValue: 2)
    }

    /// Takes over a connected socket (one that was accepted, say) and makes it non-blocking.
    package init(owning descriptor: consuming FileDescriptor) throws(SystemError) {
        file = descriptor
        let flags = fcntl(file.raw, F_GETFL)
        if flags < 0 || fcntl(file.raw, F_SETFL, flags | O_NONBLOCK) < 0 {
            throw .last("make a socket non-blocking")
        }
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Best effort: neither exists on a local (AF_UNIX) socket.
        _ = unsafe setsockopt(file.raw, Int32(IPPROTO_TCP), TCP_NODELAY, &one, size)
        _ = unsafe setsockopt(file.raw, SOL_SOCKET, SO_KEEPALIVE, &one, size)
    }

    /// Connects to the first address of `host` that answers, trying each in turn within `timeout` for all.
    ///
    /// - Throws: ``HostLookupError``, ``SystemError`` (ETIMEDOUT when time ran out) or ``Cancellation/Cancelled``.
    package static func connect(
        to host: String, port: UInt16, timeout: Duration, cancellation: Cancellation
    ) throws -> Socket {
        try cancellation.check()
        let addresses = try HostAddress.lookUp(host, port: port)
        let subject = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        var failure: any Error = SystemError(code: ETIMEDOUT, operation: "connect to", subject: subject)
        for (index, address) in addresses.enumerated() {
            let left = deadline - clock.now
            if left <= .zero { break }
            do {
                return try connect(
                    to: address, subject: subject, timeout: left / (addresses.count - index),
                    cancellation: cancellation)
            } catch let error as SystemError {
                failure = error
            }
        }
        throw failure
    }

    private static func connect(
        to address: HostAddress, subject: String, timeout: Duration, cancellation: Cancellation
    ) throws -> Socket {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let raw = Glibc.socket(address.family, kind, 0)
        if raw < 0 { throw SystemError.last("open a socket for", subject) }
        let socket = try Socket(owning: FileDescriptor(owning: raw))
        if address.connect(raw) == 0 { return socket }
        if errno != EINPROGRESS, errno != EINTR { throw SystemError.last("connect to", subject) }
        do {
            _ = try cancellation.withHandler({ socket.shutdown() }) {
                try socket.wait(for: .write, timeout: timeout)
            }
        } catch let error as SystemError {
            try cancellation.check()
            throw SystemError(code: error.code, operation: "connect to", subject: subject)
        }
        try cancellation.check()
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        if unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &code, &size) != 0 { code = errno }
        if code != 0 { throw SystemError(code: code, operation: "connect to", subject: subject) }
        return socket
    }

    /// Reads at most `count` bytes to `buffer[offset...]`; 0 is the end, nil that nothing is there now.
    package func receive(into buffer: inout [UInt8], offset: Int, count: Int) throws(SystemError) -> Int? {
        precondition(offset >= 0 && count > 0 && offset + count <= buffer.count)
        while true {
            let got = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe bytes.baseAddress.map { unsafe recv(file.raw, $0 + offset, count, 0) } ?? 0
            }
            if got >= 0 { return got }
            if errno == EAGAIN || errno == EWOULDBLOCK { return nil }
            if errno != EINTR { throw .last("read from a connection") }
        }
    }

    /// Writes some of the bytes and says how many; nil when none can be taken now.
    package func send(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int? {
        while true {
            let sent = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(file.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent >= 0 { return sent }
            if errno == EAGAIN || errno == EWOULDBLOCK { return nil }
            if errno != EINTR { throw .last("write to a connection") }
        }
    }

    /// Waits until at least one of the wanted things can be done, and says which of them can.
    ///
    /// - Throws: ``SystemError`` with ETIMEDOUT when `timeout` has passed.
    package func wait(for wanted: Readiness, timeout: Duration) throws(SystemError) -> Readiness {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        var events: Int32 = 0
        if wanted.contains(.read) { events |= POLLIN }
        if wanted.contains(.write) { events |= POLLOUT }
        while true {
            var entry = pollfd(fd: file.raw, events: Int16(events), revents: 0)
            let count = unsafe poll(&entry, 1, (deadline - clock.now).pollMilliseconds)
            if count > 0 {
                let got = Int32(entry.revents)
                if got & (POLLERR | POLLHUP | POLLNVAL) != 0 { return wanted }
                var ready: Readiness = []
                if got & POLLIN != 0 { ready.insert(.read) }
                if got & POLLOUT != 0 { ready.insert(.write) }
                return ready
            }
            if count == 0 {
                if clock.now >= deadline {
                    throw SystemError(code: ETIMEDOUT, operation: "wait for a connection")
                }
            } else if errno != EINTR {
                throw .last("wait for a connection")
            }
        }
    }

    /// Reads at most `count` bytes to `buffer[offset...]`, waiting up to `timeout` for the first; 0 is the end.
    package func read(
        into buffer: inout [UInt8], offset: Int, count: Int, timeout: Duration
    ) throws(SystemError) -> Int {
        while true {
            if let got = try receive(into: &buffer, offset: offset, count: count) { return got }
            _ = try wait(for: .read, timeout: timeout)
        }
    }

    /// Writes every byte, waiting up to `timeout` whenever none can be taken.
    package func write(_ bytes: ArraySlice<UInt8>, timeout: Duration) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            if let sent = try send(rest) {
                rest = rest.dropFirst(sent)
            } else {
                _ = try wait(for: .write, timeout: timeout)
            }
        }
    }

    /// Ends the connection in both directions and wakes whoever waits on it; from any thread, again is no error.
    package func shutdown() {
        _ = Glibc.shutdown(file.raw, Int32(SHUT_RDWR))
    }
}

extension Duration {
    /// Whole milliseconds for `poll(2)`, rounded up, none below zero.
    var pollMilliseconds: Int32 {
        if self <= .zero { return 0 }
        if self >= .seconds(86_400) { return 86_400_000 }
        let parts = components
        return Int32(
            parts.seconds * 1_000 + (parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
