/// What Go's `filepath.Match` says of a pattern held against `.`, which is how moby checks syntax.
///
/// It stops looking where the match has failed, so that some malformed patterns pass; the same ones pass
/// here.
enum GoMatch {
    /// Whether the pattern is refused.
    static func refuses(_ pattern: [UInt8]) -> Bool {
        var rest = pattern[...]
        var name = [UInt8(ascii: ".")][...]
        while !rest.isEmpty {
            let startsWithStar = rest.first == UInt8(ascii: "*")
            rest = rest.drop { $0 == UInt8(ascii: "*") }
            let chunk = rest[..<endOfChunk(rest)]
            rest = rest[chunk.endIndex...]
            if startsWithStar && chunk.isEmpty { return false }
            switch match(chunk, name) {
            case .refused: return true
            case .rest(let left) where left.isEmpty || !rest.isEmpty:
                name = left
                continue
            default: break
            }
            guard startsWithStar && !name.isEmpty else { return false }
            // The star takes the dot.
            switch match(chunk, name.dropFirst()) {
            case .refused: return true
            case .rest(let left): name = left
            case .failed: return false
            }
        }
        return false
    }

    private enum Outcome {
        case refused
        case failed
        case rest(ArraySlice<UInt8>)
    }

    /// Where the next star outside brackets is.
    private static func endOfChunk(_ pattern: ArraySlice<UInt8>) -> Int {
        var isInBrackets = false
        var at = pattern.startIndex
        while at < pattern.endIndex {
            switch pattern[at] {
            case UInt8(ascii: "\\"):
                if at + 1 < pattern.endIndex { at += 1 }
            case UInt8(ascii: "["): isInBrackets = true
            case UInt8(ascii: "]"): isInBrackets = false
            case UInt8(ascii: "*"):
                if !isInBrackets { return at }
            default: break
            }
            at += 1
        }
        return at
    }

    /// Holds a piece without stars against the front of a name; all of the piece is read, match or no match.
    private static func match(_ chunk: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Outcome {
        var at = chunk.startIndex
        var name = name
        var hasFailed = false
        while at < chunk.endIndex {
            let byte: UInt8? = hasFailed ? nil : name.popFirst()
            if byte == nil { hasFailed = true }
            switch chunk[at] {
            case UInt8(ascii: "["):
                at += 1
                guard let isMember = bracket(chunk, &at, byte.map(UInt32.init)) else { return .refused }
                if !isMember { hasFailed = true }
            case UInt8(ascii: "?"):
                if byte == UInt8(ascii: "/") { hasFailed = true }
                at += 1
            default:
                if chunk[at] == UInt8(ascii: "\\") { at += 1 }
                guard at < chunk.endIndex else { return .refused }
                if chunk[at] != byte { hasFailed = true }
                at += 1
            }
        }
        return hasFailed ? .failed : .rest(name)
    }

    /// Reads a set; nil when it is malformed, else whether it holds the scalar (none counts as 0).
    private static func bracket(_ chunk: ArraySlice<UInt8>, _ at: inout Int, _ scalar: UInt32?) -> Bool? {
        var isNegated = false
        if at < chunk.endIndex, chunk[at] == UInt8(ascii: "^") {
            isNegated = true
            at += 1
        }
        var isMember = false
        var count = 0
        while !(at < chunk.endIndex && chunk[at] == UInt8(ascii: "]") && count > 0) {
            guard let low = member(chunk, &at) else { return nil }
            var high = low
            if chunk[at] == UInt8(ascii: "-") {
                at += 1
                guard let end = member(chunk, &at) else { return nil }
                high = end
            }
            if low <= scalar ?? 0 && scalar ?? 0 <= high { isMember = true }
            count += 1
        }
        at += 1
        return isMember != isNegated
    }

    /// Reads one end of a range; nil when there is none, or nothing after it.
    private static func member(_ chunk: ArraySlice<UInt8>, _ at: inout Int) -> UInt32? {
        guard at < chunk.endIndex, chunk[at] != UInt8(ascii: "-"), chunk[at] != UInt8(ascii: "]") else {
            return nil
        }
        if chunk[at] == UInt8(ascii: "\\") { at += 1 }
        guard at < chunk.endIndex else { return nil }
        let (scalar, length) = GoText.scalar(Array(chunk[at..<min(at + 4, chunk.endIndex)]), 0)
        if scalar == 0xFFFD && length == 1 { return nil }
        at += length
        return at < chunk.endIndex ? scalar : nil
    }
}
