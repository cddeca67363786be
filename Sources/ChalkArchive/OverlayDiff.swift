package import ChalkSystem

/// The upper directory of an overlay mount as the entries of a layer: what a step changed.
///
/// overlayfs' marks become whiteouts and opaque markers; its attributes are dropped; sockets are left out. The
/// mount must be made with `redirect_dir=off,metacopy=off`; what says otherwise is an error.
package struct OverlayDiff {
    private let upper: Directory
    private let rules: TreeWalk.OverlayRules
    private let epoch: Int64

    /// The changes in an upper directory.
    ///
    /// - Parameters:
    ///   - epoch: No entry is later; whiteouts are of this time.
    ///   - ignored: Mount points that the engine made: an empty file or a directory in which nothing else
    ///     changed is left out at these paths.
    ///   - lowerStatus: What a path is in the layers below; a directory of the same mode and owners in which
    ///     nothing changed is left out.
    package init(
        upper: consuming FileDescriptor, overlay: Overlay, epoch: Int64, ignored: [[UInt8]] = [],
        lowerStatus: @escaping ([UInt8]) throws -> FileStatus? = { _ in nil }
    ) {
        self.upper = Directory(upper)
        self.epoch = epoch
        rules = TreeWalk.OverlayRules(
            overlay: overlay, whiteoutTime: epoch, ignored: Set(ignored), lowerStatus: lowerStatus)
    }

    /// Gives every entry in the order of a layer; the content is to be read before the call returns.
    ///
    /// - Returns: The paths of sockets.
    /// - Throws: ``ArchiveError`` for what no layer can hold; what `visitor` throws.
    @discardableResult
    package func visit(
        cancellation: Cancellation? = nil, _ visitor: @escaping EntryVisitor
    ) throws -> [[UInt8]] {
        let epoch = epoch
        let walk = TreeWalk(
            time: { min($0.modified.seconds, epoch) }, rules: rules, cancellation: cancellation,
            visitor: visitor)
        try walk.visitRoot(upper)
        try walk.walk(upper, at: [])
        return walk.skipped
    }
}
