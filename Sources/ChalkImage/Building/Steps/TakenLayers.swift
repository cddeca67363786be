internal import ChalkOCI
internal import Synchronization

/// Which layers came from which records, and which records are not to be believed any more.
final class TakenLayers: Sendable {
    private struct State {
        var keys: [Digest: Set<CacheKey>] = [:]
        var refused: Set<CacheKey> = []
    }

    private let state = Mutex(State())

    /// Notes that a record gave a layer.
    func take(_ layer: Digest, for key: CacheKey) {
        state.withLock { _ = $0.keys[layer, default: []].insert(key) }
    }

    /// Whether a record gave the layer.
    func holds(_ layer: Digest) -> Bool { state.withLock { $0.keys[layer] != nil } }

    /// Refuses every record that gave the layer, and says which they are.
    func refuse(_ layer: Digest) -> [CacheKey] {
        state.withLock { state in
            let keys = state.keys.removeValue(forKey: layer) ?? []
            state.refused.formUnion(keys)
            return keys.sorted()
        }
    }

    /// Whether caches are not to be asked for the key.
    func isRefused(_ key: CacheKey) -> Bool { state.withLock { $0.refused.contains(key) } }
}
