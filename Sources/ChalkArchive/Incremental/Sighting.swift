package import ChalkOCI

/// What the files of a step looked like when their layer was last made or recognised: a fingerprint of the
/// paths and stamps of each segment, ``Fingerprint/none`` for one that has to be read again.
package struct Sighting: Hashable, Sendable {
    /// The layer.
    package let diffID: DiffID
    /// The blob that holds it.
    package let blob: Digest
    package let fingerprints: [Fingerprint]

    /// A sighting from its parts.
    package init(diffID: DiffID, blob: Digest, fingerprints: [Fingerprint]) {
        self.diffID = diffID
        self.blob = blob
        self.fingerprints = fingerprints
    }

    private static let magic = Array("chalk-image sighting 1\n".utf8)

    /// The sighting as bytes: a magic line, both digests, and the fingerprints.
    package var bytes: [UInt8] {
        var bytes = Self.magic + Array((diffID.digest.hex + blob.hex).utf8)
        for fingerprint in fingerprints { bytes += fingerprint.bytes }
        return bytes
    }

    /// A sighting from its bytes; nil for other bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic) else { return nil }
        let rest = bytes.dropFirst(Self.magic.count)
        guard rest.count >= 128, (rest.count - 128) % Fingerprint.size == 0,
            let diffID = Digest(hex: String(decoding: rest.prefix(64), as: UTF8.self)),
            let blob = Digest(hex: String(decoding: rest.dropFirst(64).prefix(64), as: UTF8.self))
        else { return nil }
        let list = rest.dropFirst(128)
        self.init(
            diffID: DiffID(diffID), blob: blob,
            fingerprints: stride(from: list.startIndex, to: list.endIndex, by: Fingerprint.size).map {
                Fingerprint(bytes: list[$0..<$0 + Fingerprint.size])
            })
    }
}
