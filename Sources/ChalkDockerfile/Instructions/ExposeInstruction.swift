/// `EXPOSE port[/protocol] …`: ports that containers listen on.
package struct ExposeInstruction: Sendable, Equatable {
    /// Words as written, in byte order as BuildKit keeps them.
    package var ports: [String]

    package init(ports: [String]) {
        self.ports = ports
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        try source.requireWords("a port")
        _ = try InstructionFlags(source, [:])
        ports = source.words.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> ExposeInstruction {
        var words: [String] = []
        for port in ports { words += try expander.words(in: port) }
        return ExposeInstruction(ports: words)
    }

    /// The ports of the image config, `number/protocol` each, ranges counted out. Expand first.
    ///
    /// A word is `[ip:][host port:]port[-port][/tcp|udp|sctp]`; address and host port mean nothing in an
    /// image and are only checked.
    package func exposedPorts() throws(DockerfileError) -> [String] {
        var exposed: [String] = []
        for word in ports {
            let (range, name) = try Self.read(word)
            exposed += range.map { "\($0)/\(name)" }
        }
        return exposed
    }

    /// Throws what `exposedPorts` would, without counting out anything.
    func check() throws(DockerfileError) {
        for word in ports { _ = try Self.read(word) }
    }

    private static func read(
        _ word: String
    ) throws(DockerfileError) -> (ports: ClosedRange<Int>, protocolName: String) {
        var parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let slashed = (parts.popLast() ?? "").split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let written = slashed.count > 1 ? slashed[1].lowercased() : ""
        let name = written.isEmpty ? "tcp" : written
        guard ["tcp", "udp", "sctp"].contains(name) else {
            throw failure(word, "the protocol must be tcp, udp or sctp")
        }
        guard let container = slashed.first.flatMap({ range(String($0)) }) else {
            throw failure(word, "a port is a number up to 65535 or a range such as 8000-8010")
        }
        if let host = parts.popLast(), !host.isEmpty {
            guard let range = range(host), range.count == container.count || container.count == 1 else {
                throw failure(word, "the host port does not fit the port")
            }
        }
        let address = parts.joined(separator: ":")
        guard address.isEmpty || isAddress(address) else { throw failure(word, "the address is none") }
        return (container, name)
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = port(ends[0]) else { return nil }
        guard ends.count > 1 else { return first...first }
        guard let last = port(ends[1]), last >= first else { return nil }
        return first...last
    }

    private static func port(_ text: String) -> Int? {
        guard let number = Int(text), (0...65_535).contains(number) else { return nil }
        return number
    }

    /// Four decimal bytes, or something in hexadecimal groups: enough to catch a slip.
    private static func isAddress(_ text: String) -> Bool {
        let bytes = text.split(separator: ".", omittingEmptySubsequences: false)
        if bytes.count == 4, bytes.allSatisfy({ UInt8($0) != nil }) { return true }
        let inner = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        return inner.utf8.contains(UInt8(ascii: ":"))
            && inner.unicodeScalars.allSatisfy { $0 == ":" || $0 == "." || Character($0).isHexDigit }
    }

    private static func failure(_ word: String, _ reason: String) -> DockerfileError {
        DockerfileError(.value, "EXPOSE cannot take \"\(word)\": \(reason)")
    }
}
