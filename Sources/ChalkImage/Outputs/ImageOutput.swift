/// Where an image is written besides the store.
public struct ImageOutput: Hashable, Sendable {
    /// In what form.
    public enum Kind: Hashable, Sendable {
        /// An OCI image layout directory.
        case layout
        /// The same as one tar.
        case archive
        /// What `docker save` writes and `docker load` reads.
        case dockerArchive
        /// The root file system as a directory.
        case directory
        /// The root file system as a tar.
        case tar
    }

    /// In what form.
    public let kind: Kind
    /// An absolute path, or `-` for standard output.
    public let destination: String

    /// An output from its parts.
    public init(_ kind: Kind, to destination: String) {
        self.kind = kind
        self.destination = destination
    }

    /// The path where it is one file; nil for directories, which are made, and for standard output.
    public var file: String? {
        isStandardOutput || kind == .layout || kind == .directory ? nil : destination
    }

    /// Whether it goes to standard output.
    public var isStandardOutput: Bool { destination == "-" }
}
