/// What a collection removed, or would remove.
package struct PruneSummary: Hashable, Sendable {
    /// How many, and how many bytes they had.
    package struct Tally: Hashable, Sendable {
        /// Files or directories.
        package var count: Int
        /// Bytes.
        package var bytes: Int64

        /// A tally from its parts.
        package init(count: Int = 0, bytes: Int64 = 0) {
            self.count = count
            self.bytes = bytes
        }

        mutating func add(_ size: Int64) {
            count += 1
            bytes += size
        }
    }

    /// Blobs that nothing leads to.
    package var blobs = Tally()
    /// Cache records too old or broken.
    package var records = Tally()
    /// Tables, layer indexes, logs and remote sources that nothing needs.
    package var files = Tally()
    /// Cache mounts not used for long; their bytes are not counted.
    package var cacheMounts = Tally()
    /// What others keep in the store: snapshots, volumes.
    package var others = Tally()

    /// Nothing removed.
    package init() {}

    /// All bytes.
    package var bytes: Int64 { blobs.bytes + records.bytes + files.bytes + cacheMounts.bytes + others.bytes }
}
