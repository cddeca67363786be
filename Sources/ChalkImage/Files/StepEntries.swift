internal import ChalkArchive
internal import ChalkOCI

/// The entries that a step puts into its layer, and where their contents are.
struct StepEntries: Sendable {
    var list: EntryList
    var origins: [ContentOrigin] = []
    /// Names the step's sources and destinations in this store, whatever they hold.
    var place: Digest
    /// Which of several layers they become; nil where they are all of the step's.
    var part: String?

    init(mtime: Int64, place: Digest) {
        list = EntryList(mtime: mtime)
        self.place = place
    }

    /// Notes where the content of the entries that come next is.
    mutating func add(_ origin: ContentOrigin) -> Int32 {
        if let last = origins.last, last.isSamePlace(as: origin) { return Int32(origins.count - 1) }
        origins.append(origin)
        return Int32(origins.count - 1)
    }
}

extension ContentOrigin {
    /// Whether both are files of one directory, by the same rule.
    fileprivate func isSamePlace(as other: ContentOrigin) -> Bool {
        guard case .host(let directory, let prefix, let dropped) = self,
            case .host(let otherDirectory, let otherPrefix, let otherDropped) = other
        else { return false }
        return directory === otherDirectory && prefix == otherPrefix && dropped == otherDropped
    }
}
