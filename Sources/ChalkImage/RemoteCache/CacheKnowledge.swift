internal import ChalkOCI
internal import Synchronization

/// What was found out about caches, so that nothing is asked or sent twice.
final class CacheKnowledge: Sendable {
    private struct State {
        var off: Set<RemoteCache> = []
        var present: Set<Reference> = []
        var bad: Set<Reference> = []
    }

    private let state = Mutex(State())

    /// Whether a cache gave no answer, and is not asked again.
    func isOff(_ cache: RemoteCache) -> Bool { state.withLock { $0.off.contains(cache) } }

    /// Asks a cache no more; says whether that is new.
    func turnOff(_ cache: RemoteCache) -> Bool { state.withLock { $0.off.insert(cache).inserted } }

    /// Notes that a good entry is there.
    func isThere(_ entry: Reference) {
        state.withLock { state in
            state.present.insert(entry)
            state.bad.remove(entry)
        }
    }

    /// Notes that what is there is no good.
    func isBad(_ entry: Reference) {
        state.withLock { state in
            state.bad.insert(entry)
            state.present.remove(entry)
        }
    }

    /// Whether an entry is known to be there.
    func has(_ entry: Reference) -> Bool { state.withLock { $0.present.contains(entry) } }

    /// Whether an entry is known to be no good, so that it is written anew.
    func refuses(_ entry: Reference) -> Bool { state.withLock { $0.bad.contains(entry) } }
}
