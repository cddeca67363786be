package import ChalkOCI
internal import ChalkSystem

/// Bytes that some other room keeps about a layer, by diffID; with a checksum, and nothing is lost without
/// them.
package struct LayerIndexes: Sendable {
    /// Most bytes of an index: 256 MiB.
    package static let limit = 256 << 20
    private static let magic = "chalk-index 1 "
    private let directory: StoreDirectory

    init(_ directory: StoreDirectory) { self.directory = directory }

    /// Keeps the bytes for a layer instead of earlier ones.
    package func put(_ bytes: [UInt8], for layer: DiffID) throws {
        guard bytes.count <= Self.limit else {
            throw StoreError(
                .tooLarge,
                "the index of layer \(layer) has \(bytes.count) bytes, more than \(Self.limit); "
                    + "make the layer smaller")
        }
        let head = Array((Self.magic + Digest.of(bytes).hex + "\n").utf8)
        try StoreError.explain("keep the index of layer \(layer) in the store \(directory.path)") {
            try directory.put(
                head + bytes, as: layer.digest.hex, in: directory.folder(.indexes), .checkedWhenRead)
        }
    }

    /// The bytes for a layer; nil when there are none or not good ones.
    package func get(_ layer: DiffID) -> [UInt8]? {
        guard let folder = try? directory.existingFolder(.indexes),
            let file = try? folder.document(layer.digest.hex, limit: Self.limit + 128)
        else { return nil }
        return Self.content(of: file)
    }

    /// What is behind the head of a file; nil when the head does not fit it.
    static func content(of file: [UInt8]) -> [UInt8]? {
        let length = magic.utf8.count + 65
        guard file.count >= length else { return nil }
        let content = Array(file[length...])
        let head = Array((magic + Digest.of(content).hex + "\n").utf8)
        return file[..<length].elementsEqual(head) ? content : nil
    }
}
