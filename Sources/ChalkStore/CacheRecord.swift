package import ChalkOCI

/// What a step made, and of what: the value behind a cache key (design section 5).
package struct CacheRecord: Hashable, Sendable {
    /// One row of the table that a cache key is the digest of.
    package struct Input: Hashable, Sendable {
        /// What it is, for people: `user`, `env LOG_LEVEL`, `files`.
        package let name: String
        /// Its text, or the text of a digest.
        package let value: String

        /// An input from its parts.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The digest of the inputs.
    package let key: CacheKey
    /// `run`, `copy`, `add`, `workdir`, …
    package let kind: String
    /// The instruction, for people.
    package let title: String
    /// All inputs, in the order they were digested.
    package let inputs: [Input]
    /// The layer; nil for a step that made none.
    package let layer: Descriptor?
    /// The layer's diffID; nil for a step that made none.
    package let diffID: DiffID?
    /// Seconds since 1970.
    package let created: Int64
    /// Seconds since 1970; when a build last asked for the record. Not part of what is put.
    package var lastUsed: Int64

    /// A record from its parts.
    package init(
        key: CacheKey, kind: String, title: String, inputs: [Input], layer: Descriptor? = nil,
        diffID: DiffID? = nil, created: Int64
    ) {
        self.key = key
        self.kind = kind
        self.title = title
        self.inputs = inputs
        self.layer = layer
        self.diffID = diffID
        self.created = created
        lastUsed = created
    }
}
