package import ChalkOCI

/// Where an image that a stage starts from is.
package enum ImageSource: Hashable, Sendable, CustomStringConvertible {
    /// In the store, else in its registry.
    case registry(Reference)
    /// In an OCI image layout of the host.
    case layout(LayoutImage)

    /// For people.
    package var description: String {
        switch self {
        case .registry(let reference): reference.description
        case .layout(let image): "oci-layout:\(image)"
        }
    }
}

/// An image for one platform.
package struct PlatformImage: Hashable, Sendable {
    /// Where it is.
    package let source: ImageSource
    /// What it is for.
    package let platform: Platform

    package init(_ source: ImageSource, for platform: Platform) {
        self.source = source
        self.platform = platform
    }
}

/// An image of an OCI image layout.
package struct LayoutImage: Hashable, Sendable, CustomStringConvertible {
    /// The layout's directory, absolute.
    package let path: String
    /// Its name there; nil means the only one, else `latest`.
    package let name: String?
    /// Its digest, which comes before the name.
    package let digest: Digest?

    package init(path: String, name: String? = nil, digest: Digest? = nil) {
        self.path = path
        self.name = name
        self.digest = digest
    }

    /// `PATH`, `PATH:NAME`, `PATH@DIGEST`.
    package var description: String {
        path + (name.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }
}
