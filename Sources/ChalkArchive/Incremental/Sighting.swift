package import ChalkOCI

/// What the files of a step looked like when their layer was last made or recognised: a fingerprint of the
/// paths and stamps of each segment, ``Fingerprint/none`` for one that has to be read again.
package struct Sighting: Hashable, Sendable {
    /// The layer.
    package let diffID: DiffID
    /// What its step is keyed by: see ``ComposedLayer/plainID``.
    package let plainID: DiffID
    /// The blob that holds it.
    package let blob: Digest
    package let fingerprints: [Fingerprint]

    /// A sighting from its parts.
    package init(diffID: DiffID, plainID: DiffID, blob: Digest, fingerprints: [Fingerprint]) {
        self.diffID = diffID
        self.plainID = plainID
        self.blob = blob
        self.fingerprints = fingerprints
    }

    private static let magic = Array("chalk-image sighting 2\n".utf8)

    /// The sighting as bytes: a magic line, the digests, and the fingerprints.
    package var bytes: [UInt8] {
        var bytes = Self.magic + diffID.digest.bytes + plainID.digest.bytes + blob.bytes
        for fingerprint in fingerprints { bytes += fingerprint.bytes }
        return bytes
    }

    /// A sighting from its bytes; nil for other bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic) else { return nil }
        let rest = bytes.dropFirst(Self.magic.count)
        guard rest.count >= 96, (rest.count - 96) % Fingerprint.size == 0 else { return nil }
        func digest(_ number: Int) -> Digest { Digest(bytes: rest.dropFirst(32 * number).prefix(32)) }
        let list = rest.dropFirst(96)
        self.init(
            diffID: DiffID(digest(0)), plainID: DiffID(digest(1)), blob: digest(2),
            fingerprints: stride(from: list.startIndex, to: list.endIndex, by: Fingerprint.size).map {
                Fingerprint(bytes: list[$0..<$0 + Fingerprint.size])
            })
    }
}
