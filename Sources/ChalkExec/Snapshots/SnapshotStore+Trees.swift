internal import ChalkSystem

extension SnapshotStore {
    /// Removes a tree, absolute, in which without root there may be files of other ids.
    package func removeTree(_ path: String) throws {
        try WorkPlace.removeTrees([PathText.name(of: path)], below: PathText.parent(of: path), worker: worker)
    }
}
