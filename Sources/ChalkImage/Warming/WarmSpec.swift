/// One image of many whose steps a cache is to have.
public struct WarmSpec: Sendable {
    /// What people call it.
    public let name: String
    let load: @Sendable () throws -> (Image, BuildOptions)

    /// A spec that is read when its turn comes; one that cannot be read fails alone.
    public init(_ name: String, load: @escaping @Sendable () throws -> (Image, BuildOptions)) {
        self.name = name
        self.load = load
    }

    /// An image and how it is built. Names, exports and the number of jobs in the options do not matter.
    public init(_ name: String, _ image: Image, _ options: BuildOptions = BuildOptions()) {
        self.init(name) { (image, options) }
    }
}

/// How a ``CacheWarmer`` works.
public struct WarmOptions: Sendable {
    /// Caches that get what they lack; they are asked for earlier results too.
    public var exports: [CacheExport] = []
    /// More caches that are asked, after those.
    public var sources: [RemoteCache] = []
    /// Steps executed at a time, of all specs together; nil is one for each processor.
    public var jobs: Int?
    /// How the caches' registries are spoken to.
    public var transfer = TransferOptions()

    /// No caches yet.
    public init() {}

    /// All caches that are asked for a spec with sources of its own, each once.
    func asked(besides own: [RemoteCache]) -> [RemoteCache] {
        var seen: Set<RemoteCache> = []
        return (exports.map(\.cache) + sources + own).filter { seen.insert($0).inserted }
    }
}
