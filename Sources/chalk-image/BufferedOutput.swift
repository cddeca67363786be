/// Standard output for many small records.
struct BufferedOutput {
    private static let size = 60_000
    private var bytes: [UInt8] = []

    /// Adds bytes, which are written when there are enough of them.
    mutating func write(_ more: some Sequence<UInt8>) {
        bytes += more
        if bytes.count > BufferedOutput.size { flush() }
    }

    /// Adds text.
    mutating func write(_ text: String) { write(text.utf8) }

    /// Writes what is left.
    mutating func flush() {
        StandardStream.output.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
