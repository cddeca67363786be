import ChalkSystem

/// One connection of a ``FaultProxy``.
struct FaultProxyLine {
    private struct Ended: Error {}

    /// Bytes that were read from a socket and not used.
    private final class Reader {
        let socket: Socket
        private var buffer = [UInt8](repeating: 0, count: 65_536)
        private var start = 0
        private var end = 0

        init(_ socket: Socket) { self.socket = socket }

        /// Up to and with the empty line.
        func head() throws -> [UInt8] {
            var bytes: [UInt8] = []
            while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
                guard let byte = try some(limit: 1).first else { throw Ended() }
                bytes.append(byte)
            }
            return bytes
        }

        /// At most so many bytes; none at the end.
        func some(limit: Int) throws -> ArraySlice<UInt8> {
            if start == end {
                start = 0
                end = try socket.read(into: &buffer, offset: 0, count: buffer.count, timeout: .seconds(60))
            }
            let count = min(limit, end - start)
            defer { start += count }
            return buffer[start..<start + count]
        }
    }

    private let client: Socket
    private let reader: Reader
    private let upstream: UInt16

    init(_ client: Socket, _ upstream: UInt16) {
        self.client = client
        self.upstream = upstream
        reader = Reader(client)
    }

    func serve(
        demanding authorization: String?, note: (FaultProxy.Request) -> Void,
        _ decide: (FaultProxy.Request) -> FaultProxy.Fault
    ) throws {
        let lines = try FaultProxyLine.lines(reader.head())
        let words = (lines.first ?? "").split(separator: " ").map(String.init)
        guard words.count == 3 else { throw Ended() }
        let request = FaultProxy.Request(
            method: words[0], target: words[1], headers: FaultProxyLine.fields(lines.dropFirst()))
        if let authorization, request.headers["authorization"] != authorization {
            try drain(request.length)
            return try answer(401, "WWW-Authenticate: Basic realm=\"tests\"\r\n")
        }
        note(request)
        let fault = decide(request)
        switch fault {
        case .refused(let status):
            try drain(request.length)
            return try answer(status, status == 429 ? "Retry-After: 0\r\n" : "")
        case .redirected(let place):
            try drain(request.length)
            return try answer(307, "Location: http://\(place)\(request.target)\r\n")
        case .hugeHead:
            try drain(request.length)
            return try send(
                "HTTP/1.1 200 OK\r\nX-Pad: " + String(repeating: "x", count: 10 << 20) + "\r\n\r\n")
        default: break
        }
        let far = try Socket.connect(
            to: "127.0.0.1", port: upstream, timeout: .seconds(30), cancellation: Cancellation())
        defer { far.shutdown() }
        let kept = lines.dropFirst().filter { !$0.lowercased().hasPrefix("connection:") }
        let head = ([lines[0]] + kept + ["Connection: close", "", ""]).joined(separator: "\r\n")
        try far.write(Array(head.utf8)[...], timeout: .seconds(60))
        if try !pump(request.length, to: far, fault) { return }
        try relay(Reader(far), request, fault)
    }

    /// Moves a request's body; false when the connection is to be cut.
    private func pump(_ length: Int, to far: Socket, _ fault: FaultProxy.Fault) throws -> Bool {
        var left = length
        var cut = Int.max
        if case .cutRequest(let limit) = fault { cut = limit }
        while left > 0 {
            if cut == 0 { return false }
            let piece = try reader.some(limit: min(left, cut))
            if piece.isEmpty { throw Ended() }
            // Who answers early has heard enough; the answer is what counts.
            guard (try? far.write(piece, timeout: .seconds(60))) != nil else { return true }
            left -= piece.count
            if cut < .max { cut -= piece.count }
        }
        if case .cutRequest = fault { return false }
        return true
    }

    private func relay(_ far: Reader, _ request: FaultProxy.Request, _ fault: FaultProxy.Fault) throws {
        var lines = try FaultProxyLine.lines(far.head())
        lines.removeAll { $0.lowercased().hasPrefix("connection:") }
        lines.append("Connection: close")
        switch fault {
        case .lost:
            while try !far.some(limit: .max).isEmpty {}
            return
        case .denied(let status):
            while try !far.some(limit: .max).isEmpty {}
            return try answer(status, "")
        case .gzip where request.method == "GET":
            var body: [UInt8] = []
            while case let piece = try far.some(limit: .max), !piece.isEmpty { body += piece }
            let packed = FaultProxyLine.gzip(body)
            lines.removeAll { $0.lowercased().hasPrefix("content-length:") }
            lines += ["Content-Encoding: gzip", "Content-Length: \(packed.count)", "", ""]
            return try client.write(
                (Array(lines.joined(separator: "\r\n").utf8) + packed)[...], timeout: .seconds(60))
        case .wrongLength(let change):
            lines = lines.map { line in
                guard line.lowercased().hasPrefix("content-length:"),
                    let length = Int(line.dropFirst(15).drop { $0 == " " })
                else { return line }
                return "Content-Length: \(max(0, length + change))"
            }
        default: break
        }
        var left = Int.max
        if case .cutAnswer(let limit) = fault { left = limit }
        let head = Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
        if fault == .slow {
            for byte in head { try client.write([byte], timeout: .seconds(60)) }
        } else {
            try client.write(head.prefix(left), timeout: .seconds(60))
            left -= min(left, head.count)
        }
        var isFirst = true
        while left > 0, case var piece = try far.some(limit: left), !piece.isEmpty {
            if fault == .wrongByte, isFirst { piece[piece.startIndex] ^= 1 }
            isFirst = false
            try client.write(piece, timeout: .seconds(60))
            if left < .max { left -= piece.count }
        }
    }

    private func drain(_ length: Int) throws {
        var left = length
        while left > 0 {
            let piece = try reader.some(limit: left)
            if piece.isEmpty { throw Ended() }
            left -= piece.count
        }
    }

    private func answer(_ status: Int, _ fields: String) throws {
        try send("HTTP/1.1 \(status) Words\r\n\(fields)Connection: close\r\nContent-Length: 0\r\n\r\n")
    }

    private func send(_ text: String) throws {
        try client.write(Array(text.utf8)[...], timeout: .seconds(60))
    }

    private static func lines(_ head: [UInt8]) -> [String] {
        String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    private static func fields(_ lines: ArraySlice<String>) -> [String: String] {
        var fields: [String: String] = [:]
        for line in lines {
            let name = line.prefix { $0 != ":" }
            fields[name.lowercased()] = String(line.dropFirst(name.count + 1).drop { $0 == " " })
        }
        return fields
    }

    /// A gzip member of stored blocks (RFC 1951, 3.2.4); nobody is meant to unpack it, so its checksum is none.
    private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            let count = UInt16(block.count)
            out += [
                rest.isEmpty ? 1 : 0, UInt8(truncatingIfNeeded: count), UInt8(count >> 8),
                UInt8(truncatingIfNeeded: ~count), UInt8(~count >> 8),
            ]
            out += block
        } while !rest.isEmpty
        return out + [UInt8](repeating: 0, count: 8)
    }
}
