internal import ChalkSystem

/// A directory of blobs that is an OCI image layout, with our records beside them (design section 9).
///
/// Several processes may use one store at once. Whoever adds blobs and refers to them later holds a
/// ``StoreLock`` meanwhile, so that nobody collects them in between.
package final class ContentStore: Sendable {
    let directory: StoreDirectory
    /// Names and what they stand for.
    package let references: References
    /// What steps made, by cache key.
    package let records: CacheRecords
    /// What is known of each layer's inside, by diffID.
    package let layerIndexes: LayerIndexes
    /// What is known of each segment of a layer, by the digest of the layer's blob.
    package let ledgers: CheckedFiles
    /// What the files of each step looked like when last seen.
    package let sightings: CheckedFiles
    /// What is known of the files of URLs, by a digest of the URL.
    package let downloads: CheckedFiles
    /// Which groups each image had last.
    package let latestGroups: LatestGroups
    /// What steps printed.
    package let logs: StepLogs
    /// Directories that outlive RUN steps.
    package let cacheMounts: CacheMounts
    /// Where absent blobs can be fetched.
    package let remoteSources: RemoteSources
    /// What is kept without a name.
    package let pins: Pins
    /// Trees with names that containers work in.
    package let volumes: Volumes

    /// Most bytes of a manifest, index or config: 4 MiB.
    package static let documentLimit = 4 << 20

    init(_ directory: StoreDirectory) {
        self.directory = directory
        references = References(directory)
        records = CacheRecords(directory)
        layerIndexes = LayerIndexes(directory)
        ledgers = CheckedFiles(directory, .ledgers)
        sightings = CheckedFiles(directory, .sightings)
        downloads = CheckedFiles(directory, .downloads)
        latestGroups = LatestGroups(directory)
        logs = StepLogs(directory)
        cacheMounts = CacheMounts(directory)
        remoteSources = RemoteSources(directory)
        pins = Pins(directory)
        volumes = Volumes(directory)
    }

    /// Where the store is: absolute, without links.
    package var path: String { directory.path }

    /// The absolute path of a folder of our own data, made (mode 0700) where it is missing.
    package func path(of folder: StoreFolder) throws -> String {
        _ = try StoreError.explain("make a folder in the store \(path)") { try directory.folder(folder) }
        return "\(path)/chalk/\(folder.rawValue)"
    }

    /// Waits until every blob and remote source put so far would survive a power cut. References do this
    /// before they are written.
    package func settle() throws {
        try StoreError.explain("write the store \(path) to the disk") { try directory.settle() }
    }
}
