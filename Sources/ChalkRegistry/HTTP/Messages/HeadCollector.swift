/// Gathers the bytes of one head, up to its empty line, however they arrive.
struct HeadCollector: Sendable {
    /// Most bytes of a head.
    static let limit = 65_536

    /// The head so far, the empty line included once it is complete.
    private(set) var bytes: [UInt8] = []
    /// Whether the empty line has been seen.
    private(set) var isComplete = false
    private var lineHasContent = false

    /// Takes bytes up to the end of the head and says how many; the rest belongs to the body.
    mutating func take(_ input: ArraySlice<UInt8>) throws(Fault) -> Int {
        var taken = 0
        for byte in input {
            if isComplete { break }
            taken += 1
            if byte == 0x0A, !lineHasContent {
                // Empty lines before the first are skipped (RFC 9112 section 2.2).
                if bytes.allSatisfy({ $0 == 0x0D }) {
                    bytes = []
                } else {
                    bytes.append(byte)
                    isComplete = true
                }
                continue
            }
            lineHasContent = byte == 0x0A ? false : lineHasContent || byte != 0x0D
            bytes.append(byte)
            if bytes.count > HeadCollector.limit {
                throw Fault(.tooLarge, "the head of its answer is larger than \(HeadCollector.limit) bytes")
            }
        }
        return taken
    }
}
