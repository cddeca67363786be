package import ChalkOCI

/// What a build was asked for, as far as the plan depends on it.
package struct PlanRequest: Hashable, Sendable {
    /// What the image is for.
    package let platform: Platform
    /// Values for ARG.
    package let buildArguments: [String: String]
    /// A stage by name or number; nil is the last.
    package let target: String?
    /// Whether no RUN has a network.
    package let isolatesNetwork: Bool
    /// Names that every RUN knows.
    package let hosts: [RunOperation.HostName]
    /// What names of bases and sources stand for, by ``NamedContext/name(of:)``.
    package let namedContexts: [String: NamedContext]

    package init(
        platform: Platform, buildArguments: [String: String] = [:], target: String? = nil,
        isolatesNetwork: Bool = false, hosts: [RunOperation.HostName] = [],
        namedContexts: [String: NamedContext] = [:]
    ) {
        self.hosts = hosts
        self.namedContexts = namedContexts
        self.platform = platform
        self.buildArguments = buildArguments
        self.target = target
        self.isolatesNetwork = isolatesNetwork
    }

    /// The ARGs that every stage may declare without a default (BuildKit's platform arguments).
    var platformArguments: [String: String] {
        let host = Platform.host
        return [
            "TARGETPLATFORM": platform.description, "TARGETOS": platform.os,
            "TARGETARCH": platform.architecture, "TARGETVARIANT": platform.variant ?? "",
            "BUILDPLATFORM": host.description, "BUILDOS": host.os, "BUILDARCH": host.architecture,
            "BUILDVARIANT": host.variant ?? "",
        ]
    }
}
