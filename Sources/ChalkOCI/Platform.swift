/// An operating system and processor (OCI image-spec, image-index.md).
public struct Platform: Hashable, Sendable, CustomStringConvertible {
    /// As Go's GOOS: `linux`.
    public var os: String
    /// As Go's GOARCH: `amd64`, `arm64`.
    public var architecture: String
    /// `v7`, `v8`, or nil.
    public var variant: String?

    /// A platform from its parts.
    public init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// A platform from `os/architecture[/variant]`; nil when it is not one.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// The platform this program was built for.
    public static var host: Platform {
        #if arch(arm64)
            Platform(os: "linux", architecture: "arm64", variant: "v8")
        #else
            Platform(os: "linux", architecture: "amd64")
        #endif
    }

    /// Whether an image for `offered` runs where this is wanted: a missing variant fits any.
    package func accepts(_ offered: Platform) -> Bool {
        os == offered.os && architecture == offered.architecture
            && (variant == nil || offered.variant == nil || variant == offered.variant)
    }

    /// The text form.
    public var description: String {
        [os, architecture, variant].compactMap { $0 }.joined(separator: "/")
    }
}
