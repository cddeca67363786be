import ChalkOCI
import ChalkStore
import Testing

/// A small image whose every byte is made here.
struct SampleImage {
    let manifest: Descriptor
    let config: Descriptor
    let layers: [Descriptor]
    let diffIDs: [DiffID]

    /// Every blob of the image.
    var blobs: [Descriptor] { [manifest, config] + layers }

    /// Puts an image of one layer for each text into a store; its layers hold `hello-<n>.txt` with that text.
    static func put(
        _ texts: [String], in store: ContentStore, withoutLayers: Bool = false,
        change: (inout Manifest) -> Void = { _ in }
    ) throws -> SampleImage {
        let tars = texts.enumerated().map { tar("hello-\($0.offset).txt", $0.element) }
        if !withoutLayers { for tar in tars { try store.put(tar) } }
        let layers = tars.map { Descriptor(mediaType: .layer, digest: .of($0), size: Int64($0.count)) }
        let diffIDs = tars.map { DiffID(.of($0)) }
        let config = ImageConfig(platform: Platform(os: "linux", architecture: "amd64"), diffIDs: diffIDs)
        let configDescriptor = try document(config.encoded(), .config, in: store)
        var manifest = Manifest(config: configDescriptor, layers: layers)
        change(&manifest)
        return SampleImage(
            manifest: try document(manifest.encoded(), manifest.mediaType, in: store),
            config: configDescriptor,
            layers: layers, diffIDs: diffIDs)
    }

    /// Puts a document and describes it.
    static func document(
        _ bytes: [UInt8], _ type: MediaType, in store: ContentStore
    ) throws -> Descriptor {
        Descriptor(mediaType: type, digest: try store.put(bytes), size: Int64(bytes.count))
    }

    /// An ustar archive of one file.
    static func tar(_ name: String, _ content: String) -> [UInt8] {
        var head = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            head.replaceSubrange(offset..<offset + text.utf8.count, with: Array(text.utf8))
        }
        func octal(_ number: Int, _ width: Int) -> String {
            let digits = String(number, radix: 8)
            return String(repeating: "0", count: width - digits.count) + digits
        }
        put(name, at: 0)
        put("0000644\0" + "0000000\0" + "0000000\0", at: 100)
        put(octal(content.utf8.count, 11) + "\0" + octal(315_532_800, 11) + "\0", at: 124)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\0" + "00", at: 257)
        let sum = head.reduce(0) { $0 + Int($1) }
        put(octal(sum, 6) + "\0 ", at: 148)
        let padding = (512 - content.utf8.count % 512) % 512
        return head + Array(content.utf8) + [UInt8](repeating: 0, count: padding + 1024)
    }
}

/// A reference that must parse.
func reference(_ text: String) throws -> Reference { try Reference(text) }
