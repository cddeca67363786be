/// Where a peer is when it is measured.
struct Scene {
    let tree: Tree
    /// The tree's directory.
    let files: String
    /// The peer's own directory for this tree: stores, layers, daemons' sockets. Only the peer touches it.
    let state: String
    /// From 1; repeats of a round count too.
    var round: Int
    /// `chalk-image`'s own default level of gzip.
    let level: Int
    let registry: Registry
    let published: PublishedImage?

    /// A place in the registry that nobody has pushed to in this round.
    func repository(_ peer: String) -> String { "\(registry.name)/\(peer):\(round)" }
}

/// What a peer runs for one operation.
struct Work {
    /// Runs before, not measured.
    var before: [Pipeline] = []
    /// Runs on the clock, one after the other.
    var timed: [Pipeline]
    /// A program that does its work elsewhere.
    var daemon: Daemon?
    /// Asked afterwards: bytes of the layers, as stored.
    var blob: (() throws -> Int)?
}
