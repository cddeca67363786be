internal import ChalkSystem
package import ChalkOCI

/// A use of a volume's live directory by a container, from start to end.
///
/// That somebody uses it is an advisory lock on an open file: it lasts until every process that has a copy of
/// ``descriptor`` closed it, however it ended. Dropping the attachment closes this process' copy and nothing more, so
/// that another process can go on with its own; ``detach()`` ends the use.
package final class VolumeAttachment: Sendable {
    /// The live directory, absolute; to be bound into the container.
    package let path: String
    /// The volume's name.
    package let name: String
    private let volumes: Volumes
    private let use: FileDescriptor

    init(_ volumes: Volumes, _ name: VolumeName, path: String, use: consuming FileDescriptor) {
        self.volumes = volumes
        self.name = name.text
        self.path = path
        self.use = use
    }

    /// The number of the locked file, borrowed: for a process that is started and should go on with the use.
    package var descriptor: Int32 { use.raw }

    /// Ends the use; the last one makes a version of what is in the directory. Once.
    ///
    /// - Returns: the digest of the version that was made; nil where nothing changed or others go on.
    @discardableResult
    package func detach() throws -> Digest? {
        try volumes.detach(VolumeName(name), use)
    }
}
