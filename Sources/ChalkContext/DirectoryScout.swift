internal import ChalkSystem
private import Synchronization

/// Opens, lists and looks at directories before a walk comes to them, on a second thread.
///
/// It brings what it could get. Where something went wrong it brings nothing, and the walk finds out for itself.
final class DirectoryScout: Sendable {
    /// What there was when the scout came.
    struct Found: Sendable {
        let directory: OpenDirectory
        let listing: DirectoryListing
        /// Of the first entries.
        var statuses: [FileStatus] = []
    }

    /// One directory to go to.
    final class Errand: Sendable {
        private enum State: Sendable {
            case open
            case underWay
            case done(Found?)
        }

        private let parent: OpenDirectory
        private let name: [UInt8]
        private let state = Mutex(State.open)
        private let isBack = WaitPoint()

        fileprivate init(_ name: [UInt8], in parent: OpenDirectory) {
            self.name = name
            self.parent = parent
        }

        /// What was found; nil when nobody has gone yet, who then need not go any more.
        fileprivate func collect() -> Found? {
            let isUnderWay = state.withLock { state in
                if case .open = state { state = .done(nil) }
                if case .underWay = state { return true }
                return false
            }
            if isUnderWay { isBack.wait() }
            return state.withLock { state in
                if case .done(let found) = state { return found }
                return nil
            }
        }

        /// What was found, where the scout is back already.
        var found: Found? {
            state.withLock { state in
                if case .done(let found) = state { return found }
                return nil
            }
        }

        fileprivate func run(_ buffer: inout DirectoryListing.Buffer, readsStatus: Bool) {
            let isWanted = state.withLock { state in
                guard case .open = state else { return false }
                state = .underWay
                return true
            }
            guard isWanted else { return }
            let found = try? look(&buffer, readsStatus: readsStatus)
            state.withLock { $0 = .done(found) }
            isBack.signal()
        }

        private func look(
            _ buffer: inout DirectoryListing.Buffer, readsStatus: Bool
        ) throws(SystemError) -> Found {
            let directory = OpenDirectory(
                try parent.descriptor.open(name, [.readOnly, .directory, .noFollow]))
            var listing = DirectoryListing()
            try listing.read(directory.descriptor, through: &buffer)
            var found = Found(directory: directory, listing: listing)
            guard readsStatus else { return found }
            for index in 0..<min(listing.count, DirectoryScout.mostStatuses) {
                guard let status = try? directory.descriptor.status(index, of: listing) else { break }
                found.statuses.append(status)
            }
            return found
        }
    }

    /// Directories that are kept open at a time.
    static let mostErrands = 32
    /// Entries of one directory that are looked at.
    private static let mostStatuses = 4096

    private struct Queue: Sendable {
        /// The next one last.
        var errands: [Errand] = []
        var isServed = false
    }

    private let readsStatus: Bool
    private let queue = Mutex(Queue())

    init(readsStatus: Bool) { self.readsStatus = readsStatus }

    /// Goes to a directory below an open one, before all others it was sent to.
    func send(to name: [UInt8], in parent: OpenDirectory) -> Errand {
        let errand = Errand(name, in: parent)
        let needsThread = queue.withLock { queue in
            queue.errands.append(errand)
            defer { queue.isServed = true }
            return !queue.isServed
        }
        if needsThread { IOPool.shared.submit { [self] in serve() } }
        return errand
    }

    /// What an errand has found; nil when the walk has to look for itself.
    func collect(_ errand: Errand) -> Found? {
        queue.withLock { queue in
            if let place = queue.errands.lastIndex(where: { $0 === errand }) {
                queue.errands.remove(at: place)
            }
        }
        return errand.collect()
    }

    private func serve() {
        var buffer = DirectoryListing.Buffer()
        while let errand = queue.withLock({ queue -> Errand? in
            let errand = queue.errands.popLast()
            if errand == nil { queue.isServed = false }
            return errand
        }) {
            errand.run(&buffer, readsStatus: readsStatus)
        }
    }
}
