package import ChalkArchive
public import ChalkOCI

/// How an image is built; what is built says the ``Image``.
public struct BuildOptions: Sendable {
    /// How new layers are compressed.
    public enum Compression: Hashable, Sendable {
        /// gzip at a level from 0 (stored) to 9.
        case gzip(level: Int)
        /// gzip at a level from 0 to 9, in the form of eStargz, so that runtimes with lazy pulling can start a
        /// container before its layers are there; docs/decisions/0007-estargz.md.
        case estargz(level: Int)
        /// zstd at a level from 1 to 19.
        case zstd(level: Int)
        /// Not at all.
        case none

        /// gzip at the level that is used where none is named: docs/decisions/0005-gzip-level.md.
        public static let defaultGzip = Compression.gzip(level: 5)
        /// eStargz at the level that gzip has where none is named.
        public static let defaultEstargz = Compression.estargz(level: 5)
        /// zstd at the level that is used where none is named.
        public static let defaultZstd = Compression.zstd(level: 3)
    }

    /// Names that the image gets in the store.
    public var names: [Reference] = []
    /// What RUN steps run on and which manifest of a multi-platform base is taken.
    public var platform: Platform = .host
    /// Platforms to build for one after the other, joined to an index; empty for one image, for ``platform``.
    public var platforms: [Platform] = []
    /// Where COPY and ADD of a Dockerfile find their sources, absolute; nil is the directory of the Dockerfile.
    public var contextDirectory: String?
    /// Executes every step, whatever was built before.
    public var ignoresCache = false
    /// Asks the registry for the base even when the store has one of that name.
    public var pullsBase = false
    /// Values for ARG.
    public var buildArguments: [String: String] = [:]
    /// What names in FROM, `COPY --from` and `RUN --mount=from=` stand for instead of stages and images: each the
    /// absolute path of a directory, `docker-image://REFERENCE`, `oci-layout://PATH[:NAME|@DIGEST]`, or the URL of a
    /// git repository or file.
    public var buildContexts: [String: String] = [:]
    /// Variables of the caller that programs may need which fetch sources for ADD (git): `PATH`, `HOME`,
    /// `SSH_AUTH_SOCK`, those of proxies. None enters a key, a record, the config or a layer.
    public var sourceEnvironment: [String: String] = [:]
    /// The stage of a Dockerfile to stop at; nil is the last.
    public var target: String?
    /// The time in the image; SOURCE_DATE_EPOCH.
    public var epoch: Timestamp = .defaultEpoch
    /// How new layers are compressed.
    public var compression: Compression = .defaultGzip
    /// Makes several layers of each large step of local files, such that an edit re-makes and re-sends one of them; see
    /// `docs/decisions/0006-split-layers.md`.
    public var splitsLayers = true
    /// The host's CA bundle to bind over the image's while RUN steps run, or nil.
    public var hostCertificates: String?
    /// `NAME=value` for RUN steps only: never in a key, a record, the config or a layer.
    public var runEnvironment: [String] = []
    /// Without a network for every RUN.
    public var isolatesNetwork = false
    /// What `RUN --mount=type=secret` finds, by id.
    public var secrets: [String: BuildSecret] = [:]
    /// What `RUN --mount=type=ssh` finds, by id; the usual one is `default`.
    public var agents: [String: BuildAgent] = [:]
    /// Names that every RUN knows; part of its key.
    public var hosts: [BuildHost] = []
    /// How much of the machine each RUN may use.
    public var limits = RunLimits()
    /// Steps of different stages that are executed at a time; nil is one for each processor.
    public var jobs: Int?
    /// Path or name of an OCI runtime; nil is the first of `runc` and `crun` that works.
    public var runtime: String?
    /// How registries and the servers of URLs are reached, and as whom.
    public var transfer = TransferOptions()
    /// Turns warnings about the spec into errors.
    public var isStrict = false
    /// Caches of other machines that are asked for what is not in the store, in this order: `docs/ci-cache.md`.
    public var cacheSources: [RemoteCache] = []
    /// Where the results of the steps are sent once the image is in the store. What fails there fails no build: see
    /// ``BuildResult/cacheExports``.
    public var cacheExports: [CacheExport] = []
    /// Brings every layer into the store, also those that a cache or the base's registry has; set it where the image is
    /// written out, so that a layer that cannot be had is made instead.
    public var needsLayers = false

    /// Whether lazy files become groups; a cache has no use for them.
    package var makesGroups = true

    /// Where layers of files are cut, nil being what suits the compression; tests take smaller segments, which move
    /// digests.
    package var segmentRule: SegmentPlan.Rule?

    /// Options that every build starts from.
    public init() {}
}
