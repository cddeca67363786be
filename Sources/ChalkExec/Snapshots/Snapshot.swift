package import ChalkOCI
internal import ChalkSystem

/// The unpacked layers of a chainID, which stay where they are while this lives.
package final class Snapshot: Sendable {
    /// Which stack of layers; nil for none at all.
    package let chainID: ChainID?
    /// A directory for each layer, in overlay form, nearest (topmost) first.
    package let directories: [String]
    private let use: FileLock

    init(chainID: ChainID?, directories: [String], use: consuming FileLock) {
        self.chainID = chainID
        self.directories = directories
        self.use = use
    }
}
