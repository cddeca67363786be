/// Replaces secrets in what a step writes, before anybody sees or keeps it.
///
/// A secret that arrives in pieces is found too: bytes that may be its beginning are held back until more have come. What
/// a step encodes, cuts or reverses is not found; only exact copies are.
struct OutputMask {
    /// Shorter ones would hide half of any output.
    private static let shortest = 4
    /// The same for single lines of a secret: a file of settings has lines that are none.
    private static let shortestLine = 8
    private static let stars = Array("***".utf8)

    /// Longest first, by their first byte.
    private let words: [UInt8: [[UInt8]]]
    private var held: [UInt8] = []

    /// A mask for secrets, each as a whole without the blanks around it, and for the lines of those that have several.
    init(_ secrets: [[UInt8]]) {
        var found: Set<[UInt8]> = []
        for secret in secrets {
            let whole = OutputMask.trimmed(secret[...])
            if whole.count >= OutputMask.shortest { found.insert(Array(whole)) }
            for line in whole.split(separator: 0x0A) {
                let line = OutputMask.trimmed(line)
                if line.count >= OutputMask.shortestLine { found.insert(Array(line)) }
            }
        }
        words = Dictionary(grouping: found) { $0[0] }.mapValues { $0.sorted { $0.count > $1.count } }
    }

    /// What can be shown once these bytes have come.
    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        if words.isEmpty { return bytes }
        held += bytes
        return shown(isEnd: false)
    }

    /// What was held back, at the end of the output.
    mutating func end() -> [UInt8] { shown(isEnd: true) }

    private mutating func shown(isEnd: Bool) -> [UInt8] {
        var shown: [UInt8] = []
        shown.reserveCapacity(held.count)
        var index = 0
        while index < held.count {
            switch match(at: index, isEnd: isEnd) {
            case .none:
                shown.append(held[index])
                index += 1
            case .whole(let count):
                shown += OutputMask.stars
                index += count
            case .beginning:
                held.removeFirst(index)
                return shown
            }
        }
        held = []
        return shown
    }

    private enum Match {
        case none
        case whole(Int)
        /// The bytes end before the secret does.
        case beginning
    }

    private func match(at index: Int, isEnd: Bool) -> Match {
        guard let candidates = words[held[index]] else { return .none }
        let rest = held[index...]
        for word in candidates {
            if rest.count >= word.count {
                if rest.starts(with: word) { return .whole(word.count) }
            } else if !isEnd, word.starts(with: rest) {
                return .beginning
            }
        }
        return .none
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }
}
