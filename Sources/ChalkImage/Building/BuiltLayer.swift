internal import ChalkOCI

/// A layer of an image that is being built, in the store or known where to fetch.
struct BuiltLayer: Hashable, Sendable {
    let descriptor: Descriptor
    let diffID: DiffID
}
