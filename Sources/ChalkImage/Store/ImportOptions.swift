public import ChalkOCI

/// What an imported image gets besides its bytes.
public struct ImportOptions: Hashable, Sendable {
    /// Names in the store.
    public var names: [Reference] = []
    /// Which image of a layout or archive that holds several.
    public var sourceName: String?
    /// `NAME=value`, for root file systems.
    public var environment: [String] = []
    /// The default command, for root file systems.
    public var command: [String] = []
    /// What it is for: root file systems, and the choice among several.
    public var platform: Platform = .host
    /// Takes an index with all its images instead of one of them.
    public var allPlatforms = false

    /// Options that say nothing.
    public init() {}
}
