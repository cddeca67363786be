/// What making a layer took. Several threads work at once, so seconds may add up to more than passed.
package struct LayerCost: Hashable, Sendable {
    /// Bytes and the time that they took.
    package struct Share: Hashable, Sendable {
        /// Bytes.
        package var bytes: Int64 = 0
        /// Seconds of all threads together.
        package var seconds: Double = 0

        /// Nothing yet.
        package init() {}

        /// A share from its parts.
        package init(bytes: Int64, seconds: Double) {
            self.bytes = bytes
            self.seconds = seconds
        }

        static func += (a: inout Share, b: Share) {
            a.bytes += b.bytes
            a.seconds += b.seconds
        }

        /// Adds some bytes and the time that `body` takes.
        mutating func measure<T>(_ count: Int, _ body: () throws -> T) rethrows -> T {
            let began = ContinuousClock.now
            defer { add(count, since: began) }
            return try body()
        }

        /// Adds some bytes and the time that passed.
        mutating func add(_ count: Int, since began: ContinuousClock.Instant) {
            let parts = began.duration(to: .now).components
            bytes += Int64(count)
            seconds += Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        }
    }

    /// Content of files.
    package var read = Share()
    /// What digests and fingerprints were computed of; bytes of both count.
    package var hashed = Share()
    /// Bytes of tar that were compressed.
    package var compressed = Share()
    /// Bytes taken from older blobs.
    package var copied = Share()
    /// Bytes of new blobs, those taken from older ones among them.
    package var written = Share()

    /// Nothing yet.
    package init() {}

    static func += (a: inout LayerCost, b: LayerCost) {
        a.read += b.read
        a.hashed += b.hashed
        a.compressed += b.compressed
        a.copied += b.copied
        a.written += b.written
    }
}
