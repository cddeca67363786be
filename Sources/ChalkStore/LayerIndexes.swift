package import ChalkOCI

/// What is known of each layer's inside, by diffID.
package struct LayerIndexes: Sendable {
    private let files: CheckedFiles

    init(_ directory: StoreDirectory) { files = CheckedFiles(directory, .indexes) }

    /// Keeps the bytes for a layer instead of earlier ones.
    package func put(_ bytes: [UInt8], for layer: DiffID) throws { try files.put(bytes, for: layer.digest) }

    /// The bytes for a layer; nil when there are none or not good ones.
    package func get(_ layer: DiffID) -> [UInt8]? { files.get(layer.digest) }
}
