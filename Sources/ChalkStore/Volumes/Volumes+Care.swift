internal import ChalkOCI
internal import ChalkSystem

extension Volumes {
    /// What volumes need: each newest version, and those that were replaced after a time.
    ///
    /// - Parameter cutoff: seconds since 1970; versions that were no longer the newest then go.
    /// - Throws: ``StoreError`` `.corrupt` where what is needed is not known.
    func roots(since cutoff: Int64) throws -> [(descriptor: Descriptor, name: String)] {
        var roots: [(Descriptor, String)] = []
        for name in try names() {
            guard let folder = try VolumeFolder.open(name, directory),
                let reference = try folder.readReference()
            else { continue }
            var replaced = Int64.max
            for (descriptor, version) in try chain(reference.head) {
                if replaced <= cutoff { break }
                roots.append((descriptor, "volume \(name)"))
                replaced = version.created
            }
            // What a live directory followed is needed to see what its users did.
            if let base = try folder.readState().base {
                roots.append((base.descriptor, "the live directory of volume \(name)"))
            }
        }
        return roots
    }

    /// Removes live directories that nobody used since a time, and what is left of volumes that were deleted.
    ///
    /// Only under the exclusive ``StoreLock``.
    func collect(usedBefore cutoff: Int64) throws {
        for name in try names() {
            guard let folder = try VolumeFolder.open(name, directory) else { continue }
            if try folder.readReference() == nil {
                try folder.remove()
                continue
            }
            let state = try folder.readState()
            guard !state.isInUse, !state.isUnsure, try folder.isUnused(),
                let used = try folder.lastChange(), used <= cutoff
            else { continue }
            try folder.write(VolumeFolder.LiveState())
            try folder.removeLive()
        }
    }
}
