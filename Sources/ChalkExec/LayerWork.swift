package import ChalkOCI
package import ChalkSystem

/// What the worker is taught about layers; ChalkExec knows none of their formats.
package protocol LayerWork: Sendable {
    /// Unpacks one layer blob read from `blob` into the empty directory `root` in overlay form (0/0 whiteouts,
    /// opaque xattrs). Returns the diffID found.
    ///
    /// - Parameter lowers: the directories below it, nearest first; waits until these are whole.
    func apply(
        blob: any ByteSource, into root: borrowing FileDescriptor, lowers: @escaping () throws -> [String],
        userXattr: Bool
    ) throws -> DiffID

    /// Writes the changes in an overlay upper directory as a layer to `sink`; `lowers` nearest first, `request`
    /// and the answer are between the caller and this.
    func writeLayer(
        upper: borrowing FileDescriptor, lowers: [String], request: JSON, to sink: any ByteSink
    ) throws -> JSON
}

/// One layer of an image, for unpacking.
package struct LayerSource: Sendable {
    /// What its uncompressed bytes must digest to.
    package let diffID: DiffID
    /// Opens the blob at its start. Called only when the layer is not unpacked yet.
    package let open: @Sendable () throws -> FileDescriptor

    /// A layer from its parts.
    package init(diffID: DiffID, open: @escaping @Sendable () throws -> FileDescriptor) {
        self.diffID = diffID
        self.open = open
    }
}
