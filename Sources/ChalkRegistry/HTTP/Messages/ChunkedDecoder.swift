/// Takes the frames of a chunked body apart (RFC 9112 section 7.1), however the bytes arrive.
struct ChunkedDecoder: Sendable {
    /// Most bytes of one chunk-size line, extensions included.
    static let lineLimit = 4_096
    /// Most bytes of all trailer fields.
    static let trailerLimit = 65_536

    /// What was found at the front of some input: framing to skip, then payload to take. Both are used up.
    struct Piece: Hashable, Sendable {
        let framing: Int
        let payload: Int
    }

    private enum Place {
        case sizeDigits, sizeRest, data, dataEnd, trailer, done
    }

    private var place = Place.sizeDigits
    private var size: Int64 = 0
    private var digits = 0
    private var lineLength = 0
    private var trailerLength = 0

    /// Whether the last chunk and the trailers have been seen.
    var isDone: Bool {
        if case .done = place { return true }
        return false
    }

    /// Looks at the front of `input`: all of it is used up unless payload was found or the body has ended.
    mutating func next(_ input: ArraySlice<UInt8>) throws(Fault) -> Piece {
        var index = input.startIndex
        while index < input.endIndex {
            switch place {
            case .done:
                return Piece(framing: index - input.startIndex, payload: 0)
            case .data:
                let count = Int(min(size, Int64(input.endIndex - index)))
                size -= Int64(count)
                if size == 0 { place = .dataEnd }
                return Piece(framing: index - input.startIndex, payload: count)
            default:
                try take(input[index])
                index += 1
            }
        }
        return Piece(framing: input.count, payload: 0)
    }

    private mutating func take(_ byte: UInt8) throws(Fault) {
        switch place {
        case .sizeDigits:
            if let digit = ChunkedDecoder.value(byte) {
                digits += 1
                // Fifteen digits are far more than any body and cannot overflow.
                if digits > 15 { throw .violation("a chunk of its answer has a size that is too large") }
                size = size * 16 + Int64(digit)
            } else {
                guard digits > 0, [0x0D, 0x0A, 0x3B, 0x20, 0x09].contains(byte) else {
                    throw .violation("a chunk of its answer has no size")
                }
                place = .sizeRest
                try take(byte)
            }
        case .sizeRest:
            lineLength += 1
            if lineLength > ChunkedDecoder.lineLimit {
                throw .violation("a chunk of its answer has a size line without an end")
            }
            if byte == 0x0A {
                place = size == 0 ? .trailer : .data
                (digits, lineLength) = (0, 0)
            }
        case .dataEnd:
            if byte == 0x0A {
                place = .sizeDigits
                lineLength = 0
            } else if byte != 0x0D || lineLength > 0 {
                throw .violation("a chunk of its answer is longer than its size")
            } else {
                lineLength = 1
            }
        case .trailer:
            trailerLength += 1
            if trailerLength > ChunkedDecoder.trailerLimit {
                throw Fault(
                    .tooLarge,
                    "the trailers of its answer are larger than \(ChunkedDecoder.trailerLimit) bytes")
            }
            if byte == 0x0A {
                if lineLength == 0 { place = .done }
                lineLength = 0
            } else if byte != 0x0D {
                lineLength += 1
            }
        case .data, .done:
            break
        }
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
