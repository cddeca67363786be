/// How an image is run once.
public struct RunOptions: Hashable, Sendable {
    /// Instead of the image's CMD; empty for that.
    public var words: [String] = []
    /// Instead of the image's ENTRYPOINT; nil for that.
    public var entrypoint: String?
    /// `NAME=value`, over the image's variables.
    public var environment: [String] = []
    /// Without a network but loopback.
    public var isolatesNetwork = false
    /// Whether standard input is a terminal that is passed on.
    public var isTerminal = false
    /// Path or name of an OCI runtime; nil is the first of `runc` and `crun` that works.
    public var runtime: String?

    /// Options that say nothing.
    public init() {}
}
