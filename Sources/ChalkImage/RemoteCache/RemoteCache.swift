public import ChalkOCI

/// A repository of a registry that holds what steps made, for many machines: `docs/ci-cache.md`.
///
/// Each result is an ordinary image whose tag is the step's cache key, so any registry will do and nobody has to be
/// asked before writing. Who may write to it decides what builds that read it get: see the threat model.
public struct RemoteCache: Hashable, Sendable, CustomStringConvertible {
    /// Host and perhaps port.
    public let registry: String
    /// Path below the registry.
    public let repository: String
    /// What tags of this cache begin with, so that several may share a repository; nil for nothing.
    public let name: String?

    /// The longest ``name``: with a hyphen and a key's digits behind it, it must still be a tag.
    public static let longestName = 63

    /// The cache in the repository that a reference names; its tag, if there is one, becomes the ``name``.
    ///
    /// - Throws: ``ChalkError`` (`invalidInput`) for a digest or a tag that is too long.
    public init(_ reference: Reference) throws {
        if reference.digest != nil {
            throw ChalkError(
                .invalidInput,
                "the cache \(reference) names one manifest by its digest, and a cache has many: leave out the digest"
            )
        }
        if let tag = reference.tag, tag.utf8.count > RemoteCache.longestName {
            throw ChalkError(
                .invalidInput,
                "the tag of the cache \(reference) has \(tag.utf8.count) bytes, at most \(RemoteCache.longestName) do: keys are put behind it"
            )
        }
        registry = reference.registry
        repository = reference.repository
        name = reference.tag
    }

    /// The reference that it was made of.
    public var description: String { "\(registry)/\(repository)" + (name.map { ":\($0)" } ?? "") }
}

/// Where a build sends what its steps made, and how much of it.
public struct CacheExport: Hashable, Sendable {
    /// Which steps are sent; BuildKit's words.
    public enum Mode: String, Hashable, Sendable {
        /// The steps of the image itself and of the stages that it is built on.
        case min
        /// Every step of every stage that the build needed.
        case max
    }

    /// Where to.
    public let cache: RemoteCache
    /// Which steps.
    public var mode: Mode
    /// Whether a cache that cannot be written to is no more than a warning.
    public var ignoresErrors: Bool

    /// An export from its parts.
    public init(_ cache: RemoteCache, mode: Mode = .min, ignoresErrors: Bool = false) {
        self.cache = cache
        self.mode = mode
        self.ignoresErrors = ignoresErrors
    }
}
