internal import ChalkOCI

/// Reading what one half of this room sends to the other.
extension JSON {
    func field(_ name: String) throws -> JSON {
        guard let value = self[name] else { throw ExecError.badMessage(name) }
        return value
    }

    func asString() throws -> String {
        guard let string else { throw ExecError.badMessage("a string") }
        return string
    }

    func asStrings() throws -> [String] {
        guard let strings else { throw ExecError.badMessage("a list of strings") }
        return strings
    }

    func asInteger() throws -> Int64 {
        guard let integer else { throw ExecError.badMessage("a number") }
        return integer
    }

    func asArray() throws -> [JSON] {
        guard let array else { throw ExecError.badMessage("a list") }
        return array
    }

    func asHexadecimal() throws -> [UInt8] {
        let digits = Array(try asString().utf8)
        guard digits.count.isMultiple(of: 2) else { throw ExecError.badMessage("bytes") }
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            guard let high = JSON.nibble(digits[index]), let low = JSON.nibble(digits[index + 1]) else {
                throw ExecError.badMessage("bytes")
            }
            return high << 4 | low
        }
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}

extension ExecError {
    static func badMessage(_ what: String) -> ExecError {
        ExecError(.workerDied, "cannot understand the worker's message: \(what) is missing")
    }
}
