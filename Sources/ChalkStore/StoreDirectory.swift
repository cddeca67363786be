internal import ChalkOCI
internal import ChalkSystem
private import Synchronization

/// The open directories of a store and how files get into them.
final class StoreDirectory: Sendable {
    /// Absolute, without links.
    let path: String
    /// The layout itself.
    let root: FileDescriptor
    /// Our own data.
    let chalk: FileDescriptor
    /// `blobs/sha256`.
    let blobs: BlobDirectory
    /// Seconds since 1970, for times in records.
    let clock: @Sendable () -> Int64

    private struct Unsettled {
        var blobs = false
        var remote = false
    }

    private let unsettled = Mutex(Unsettled())

    init(
        path: String, root: consuming FileDescriptor, chalk: consuming FileDescriptor, blobs: BlobDirectory,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.path = path
        self.root = root
        self.chalk = chalk
        self.blobs = blobs
        self.clock = clock
    }

    /// An open folder, made where it is missing.
    func folder(_ folder: StoreFolder) throws(SystemError) -> FileDescriptor {
        try chalk.folder(folder.rawValue)
    }

    /// An open folder, or nil while nothing was ever put there.
    func existingFolder(_ folder: StoreFolder) throws(SystemError) -> FileDescriptor? {
        try chalk.existingFolder(folder.rawValue)
    }

    /// A file that is going to be part of the store.
    func makeIngest() throws(SystemError) -> IngestFile {
        try IngestFile.make(in: folder(.ingests))
    }

    /// How sure a small file must be.
    enum Promise {
        /// Whole or not there as long as the system runs; after a power cut it may be empty or gone. For what
        /// is checked when read and can be made again.
        case checkedWhenRead
        /// On the disk when the call returns, but for its name.
        case synced
    }

    /// Puts a small file in its place, replacing what is there.
    func put(
        _ bytes: [UInt8], as name: String, in directory: borrowing FileDescriptor, _ promise: Promise
    ) throws(SystemError) {
        let ingest = try makeIngest()
        try ingest.file.write(bytes)
        if promise == .synced { try ingest.file.sync() }
        try ingest.move(to: name, in: directory)
    }

    /// Notes that `blobs/sha256` or `remote` has a name that is not on the disk yet.
    func noteUnsettled(blobs: Bool = false, remote: Bool = false) {
        unsettled.withLock { state in
            if blobs { state.blobs = true }
            if remote { state.remote = true }
        }
    }

    /// Waits until all names noted before are on the disk.
    func settle() throws(SystemError) {
        let state = unsettled.withLock { state in
            defer { state = Unsettled() }
            return state
        }
        do {
            if state.blobs { try blobs.directory.sync() }
            if state.remote { try folder(.remote).sync() }
        } catch {
            noteUnsettled(blobs: state.blobs, remote: state.remote)
            throw error
        }
    }
}
