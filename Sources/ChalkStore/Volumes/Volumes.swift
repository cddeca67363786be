internal import ChalkOCI
internal import ChalkSystem

/// Named trees of files: each a reference to an immutable tree, with a live directory while containers use it
/// (docs/decisions/0013).
package struct Volumes: Sendable {
    let directory: StoreDirectory

    init(_ directory: StoreDirectory) { self.directory = directory }

    /// Uses a volume: its live directory is made ready, and stays until the last use ends.
    ///
    /// - Parameter readOnly: whether the user will change nothing; the caller binds the directory so.
    /// - Throws: ``StoreError`` `.notFound`.
    package func attach(_ name: VolumeName, readOnly: Bool = false) throws -> VolumeAttachment {
        try StoreError.explain("mount the volume \(name)") {
            let folder = try directory.folder(.volumes).folder(name.text)
            _ = try folder.folder("live", mode: 0o777)
            let use = try folder.open("users", [.readWrite, .create], mode: 0o600)
            try use.lock(.shared)
            return VolumeAttachment(
                self, name, path: "\(directory.path)/chalk/volumes/\(name)/live", use: use)
        }
    }

    func detach(_ name: VolumeName, _ use: borrowing FileDescriptor) throws -> Digest? {
        use.unlock()
        return nil
    }
}
