import FoundationEssentials

/// The parts of OCI's documents that the bench reads and writes.
enum OCI {
    struct Descriptor: Codable {
        var mediaType: String
        var digest: String
        var size: Int
        var annotations: [String: String]?
    }

    struct Index: Codable {
        var schemaVersion = 2
        var manifests: [Descriptor]
    }

    struct Manifest: Codable {
        var schemaVersion = 2
        var mediaType: String? = "application/vnd.oci.image.manifest.v1+json"
        var config: Descriptor
        var layers: [Descriptor]

        /// Bytes of all layers, as stored.
        var layerBytes: Int { layers.reduce(0) { $0 + $1.size } }
    }
}

/// A directory with blobs and an index, as the OCI image specification lays it out.
struct OCILayout {
    let path: String

    /// Bytes of the layers of the image whose name ends with `name`; of the only one, if it has no name.
    func layerBytes(_ name: String) throws -> Int {
        let index = try JSONDecoder().decode(
            OCI.Index.self, from: Data(try Files.bytes("\(path)/index.json")))
        let found = index.manifests.last {
            $0.annotations?["org.opencontainers.image.ref.name"]?.hasSuffix(name)
                ?? (index.manifests.count == 1)
        }
        guard let found else { throw BenchError("no image \(name) in \(path)") }
        return try OCILayout.layerBytes(manifest: blob(found.digest))
    }

    /// The same from a manifest's file.
    static func layerBytes(manifest: String) throws -> Int {
        try JSONDecoder().decode(OCI.Manifest.self, from: Data(try Files.bytes(manifest))).layerBytes
    }

    /// Where a blob is.
    func blob(_ digest: String) -> String { "\(path)/blobs/\(digest.replacing(":", with: "/"))" }
}
