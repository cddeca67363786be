/// The JSON that describes an image to a runtime (OCI image-spec, config.md), with Docker's additions.
public struct ImageConfig: Hashable, Sendable {
    /// What the image runs on.
    public var platform: Platform
    /// RFC 3339 text, or nil.
    public var created: String?
    /// Who made it, or nil.
    public var author: String?
    /// How a container starts.
    public var runtime: RuntimeConfig
    /// Uncompressed layers from the bottom up.
    public var diffIDs: [DiffID]
    /// One entry an instruction.
    public var history: [History]

    /// One line of `docker history`.
    public struct History: Hashable, Sendable {
        /// RFC 3339 text, or nil.
        public var created: String?
        /// The instruction.
        public var createdBy: String?
        /// Who made it.
        public var author: String?
        /// More words.
        public var comment: String?
        /// Whether the instruction made no layer.
        public var emptyLayer: Bool

        /// An entry from its parts.
        public init(
            created: String? = nil, createdBy: String?, author: String? = nil, comment: String? = nil,
            emptyLayer: Bool = false
        ) {
            self.created = created
            self.createdBy = createdBy
            self.author = author
            self.comment = comment
            self.emptyLayer = emptyLayer
        }
    }

    /// A config from its parts.
    public init(
        platform: Platform, created: String? = nil, author: String? = nil,
        runtime: RuntimeConfig = RuntimeConfig(), diffIDs: [DiffID] = [], history: [History] = []
    ) {
        self.platform = platform
        self.created = created
        self.author = author
        self.runtime = runtime
        self.diffIDs = diffIDs
        self.history = history
    }
}
