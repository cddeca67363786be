internal import CZlib

/// What a layer's bytes depend on besides its entries.
package enum LayerFormat {
    /// The version that goes into cache keys. Under it, and held by golden digests, are: the order of entries
    /// and the tar dialect (``TarHeader``); the rules that cut segments (``SegmentPlan``); one gzip member
    /// (mtime 0, OS byte 255, no name; ``ContentProbe`` chooses each block's effort, ``DeflateStream`` how long
    /// matches are looked for) or one zstd frame for each segment; in eStargz layers a member for each content,
    /// the landmark and the table (``Estargz``); the default levels. Whatever changes one of these changes the number.
    package static let version = 5

    /// The name of the compressor whose bytes a layer with this compression holds, such as `zlib 1.2.13` (zlib-ng
    /// names itself): another build of it may give other bytes for the same layer, though never another diffID.
    /// The released binary contains its libraries, so it is the same wherever it runs.
    package static func encoderVersion(of compression: LayerCompression) -> String {
        switch compression {
        case .none: return "none"
        case .gzip, .estargz: return unsafe "zlib " + String(cString: zlibVersion())
        case .zstd: return "zstd " + ZstdLibrary.version
        }
    }
}
