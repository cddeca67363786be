/// A directory of our own data below `chalk/` in a store; made when first needed.
package enum StoreFolder: String, CaseIterable, Sendable {
    /// Cache records by key.
    case records
    /// What the archive room keeps for each layer, by diffID.
    case indexes
    /// What is known of each segment of a layer, by the blob's digest.
    case ledgers
    /// What the files of each step looked like.
    case sightings
    /// Unpacked layers by chainID.
    case snapshots
    /// Which groups each image had last, by its manifest.
    case groups
    /// Named volumes: names, and the directories that containers work in.
    case volumes
    /// Cache mounts of RUN steps.
    case mounts
    /// What steps printed, by key.
    case logs
    /// What is known of the files of URLs.
    case downloads
    /// Commits of git repositories, checked out.
    case checkouts
    /// Unfinished writes.
    case ingests
    /// Blobs that are being fetched, or were when their process ended, by digest.
    case partials
    /// Where uploads that were cut can be gone on with.
    case uploads
    /// Lock files.
    case locks
    /// Where absent blobs can be fetched.
    case remote
    /// Containers, by ID.
    case containers
    /// What is kept although no reference leads there.
    case pins
}
