public import ChalkOCI

/// An image that was built.
public struct BuildResult: Hashable, Sendable {
    /// The manifest in the store, or the index of a build for several platforms.
    public let manifest: Descriptor
    /// The config; its digest is the image ID. Of a build for several platforms that of the first.
    public let config: Descriptor
    /// The names that were set.
    public let names: [Reference]
    /// Steps that were executed.
    public let executedSteps: Int
    /// Steps whose earlier result was used.
    public let cachedSteps: Int
    /// Every step, in the order in which they were done.
    public let steps: [FinishedStep]
    /// The lazy files, parents first; empty where the spec adds none.
    public let groups: [GroupReport]
    /// The document that lists the groups.
    package let groupSet: Descriptor?
    /// What people should know.
    public let warnings: [String]
    /// What became of each of ``BuildOptions/cacheExports``.
    public let cacheExports: [CacheExportSummary]
}

extension BuildResult {
    /// The object of `--metadata-file`, with BuildKit's names.
    package var metadata: JSON {
        .object(present: [
            (
                "containerimage.config.digest",
                manifest.mediaType.isIndex ? nil : .string(config.digest.description)
            ),
            ("containerimage.descriptor", manifest.json),
            ("containerimage.digest", .string(manifest.digest.description)),
            (
                "image.name",
                names.isEmpty ? nil : .string(names.map(\.description).joined(separator: ","))
            ),
            ("chalk.steps.executed", .integer(Int64(executedSteps))),
            ("chalk.steps.cached", .integer(Int64(cachedSteps))),
            ("chalk.steps", .array(steps.map { .object(present: $0.members) })),
            (
                "chalk.groups",
                groups.isEmpty ? nil : .array(groups.map { .object(present: $0.members) })
            ),
            ("chalk.cache", cacheExports.isEmpty ? nil : .array(cacheExports.map(\.json))),
        ])
    }
}
