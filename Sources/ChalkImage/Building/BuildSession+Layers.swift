internal import ChalkArchive
internal import ChalkExec
internal import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

/// Bytes of layers, brought here when a step needs them.
///
/// A record may promise a layer that cannot be had, or whose content has another diffID. Then the record is forgotten and
/// refused from then on, and the build fails with ``hasRefused``; begun again, it executes the step.
extension BuildSession {
    /// Brings layers into the store.
    func fetch(_ layers: [BuiltLayer]) throws {
        let missing = try layers.filter { try !store.contains($0.descriptor) }
        if missing.isEmpty { return }
        do {
            try fetcher.fetch(missing.map(\.descriptor))
        } catch let error as Cancellation.Cancelled {
            throw error
        } catch {
            for layer in try missing.filter({ try !store.contains($0.descriptor) }) {
                try refuse(layer, ChalkError(wrapping: error).description)
            }
            throw error
        }
        // Before anything is kept under a diffID that may be wrong.
        for layer in missing where shared.taken.holds(layer.descriptor.digest) { try check(layer) }
    }

    /// The unpacked tree of a stack of layers.
    func snapshot(of layers: [BuiltLayer]) throws -> Snapshot {
        try fetch(layers)
        do {
            return try snapshots.snapshot(layers, cancellation: cancellation)
        } catch let error as ExecError where error.code == .layerMismatch {
            for layer in layers where shared.taken.holds(layer.descriptor.digest) { try check(layer) }
            throw error
        }
    }

    /// Reads a layer whose diffID nobody has checked yet.
    private func check(_ layer: BuiltLayer) throws {
        let content = try Decompressor(try store.source(of: layer.descriptor))
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: 262_144)
        while case let got = try content.read(into: &buffer), got > 0 {
            try cancellation.check()
            hasher.update(buffer[..<got])
        }
        let found = DiffID(hasher.finish())
        if found == layer.diffID { return }
        let why = "its content has diffID \(found) instead of \(layer.diffID)"
        try refuse(layer, why)
        throw ChalkError(.failed, "layer \(layer.descriptor.digest) cannot be used: \(why)")
    }

    private func refuse(_ layer: BuiltLayer, _ why: String) throws {
        let digest = layer.descriptor.digest
        let keys = shared.taken.refuse(digest)
        if keys.isEmpty { return }
        for key in keys { try store.records.remove(key) }
        try store.remoteSources.remove(digest)
        countRefusal()
        report(
            .warning(
                "layer \(digest), which a cache has for a step, is refused: \(why); the step is executed"))
    }
}
