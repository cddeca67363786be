internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// The file of a URL, in the store.
struct FetchedFile {
    /// Where it came from, for people.
    let url: String
    /// What a directory that receives it calls it.
    let name: String
    let digest: Digest
    /// Bytes.
    let size: Int64
    private let store: ContentStore

    init(url: String, name: String, digest: Digest, size: Int64, store: ContentStore) {
        self.url = url
        self.name = name
        self.digest = digest
        self.size = size
        self.store = store
    }

    /// Its content.
    func open() throws -> FileDescriptor { try store.open(digest) }
}
