/// One challenge of a WWW-Authenticate field (RFC 9110 section 11).
struct AuthChallenge: Hashable, Sendable {
    /// Lower case: `bearer`, `basic`.
    let scheme: String
    /// Names in lower case.
    let parameters: [String: String]

    /// Every challenge of the given field values, in order; what cannot be read is left out.
    static func parse(_ values: [String]) -> [AuthChallenge] {
        values.flatMap { value in
            var parser = ChallengeParser(bytes: Array(value.utf8.prefix(16_384)))
            return parser.challenges()
        }
    }
}

private struct ChallengeParser {
    let bytes: [UInt8]
    var position = 0

    mutating func challenges() -> [AuthChallenge] {
        var list: [AuthChallenge] = []
        skipSeparators()
        while let scheme = token() {
            var parameters: [String: String] = [:]
            skipSpace()
            // A name followed by "=" is a parameter of this scheme; one that is not is the next scheme.
            while let (name, value) = parameter() {
                if parameters[name] == nil { parameters[name] = value }
                skipSeparators()
            }
            list.append(AuthChallenge(scheme: scheme.lowercased(), parameters: parameters))
            skipSeparators()
        }
        return list
    }

    private mutating func parameter() -> (String, String)? {
        let start = position
        guard let name = token() else { return nil }
        skipSpace()
        guard take(0x3D) else {
            position = start
            return nil
        }
        skipSpace()
        guard let value = position < bytes.count && bytes[position] == 0x22 ? quoted() : token() ?? "" else {
            position = start
            return nil
        }
        return (name.lowercased(), value)
    }

    private mutating func quoted() -> String? {
        position += 1
        var out: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == 0x22 { return String(decoding: out, as: UTF8.self) }
            if byte == 0x5C, position < bytes.count {
                out.append(bytes[position])
                position += 1
            } else {
                out.append(byte)
            }
        }
        return nil
    }

    private mutating func token() -> String? {
        let start = position
        while position < bytes.count, isToken(bytes[position]) { position += 1 }
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    /// Token bytes, and those that sloppy servers leave unquoted in a realm or scope.
    private func isToken(_ byte: UInt8) -> Bool {
        HTTPResponseHead.isTokenByte(byte) || byte == 0x2F || byte == 0x3A
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    private mutating func skipSeparators() {
        while position < bytes.count, [0x20, 0x09, 0x2C].contains(bytes[position]) { position += 1 }
    }
}
