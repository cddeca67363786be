package import ChalkOCI

/// The ARGs that need no value: what the build is for and what it runs on.
package enum PlatformArguments {
    /// In BuildKit's order. A platform has no version of its operating system here.
    ///
    /// - Parameter stage: the name of the stage that is built, `default` where it has none.
    package static func values(target: Platform, stage: String) -> [(name: String, value: String)] {
        let host = Platform.host
        return [
            ("BUILDPLATFORM", host.description), ("BUILDOS", host.os), ("BUILDOSVERSION", ""),
            ("BUILDARCH", host.architecture), ("BUILDVARIANT", host.variant ?? ""),
            ("TARGETPLATFORM", target.description), ("TARGETOS", target.os), ("TARGETOSVERSION", ""),
            ("TARGETARCH", target.architecture), ("TARGETVARIANT", target.variant ?? ""),
            ("TARGETSTAGE", stage),
        ]
    }

    /// The ARGs that RUN steps see without a declaration, and that stay out of keys and history.
    package static let proxies: Set<String> = [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY",
        "no_proxy", "ALL_PROXY", "all_proxy",
    ]
}
