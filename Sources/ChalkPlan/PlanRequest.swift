internal import ChalkDockerfile
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

    /// The ARGs that every stage may declare without a default; a build argument replaces one.
    ///
    /// - Parameter stage: the name of the last stage, which is built where no target is named.
    func platformArguments(lastStage stage: String?) -> [String: String] {
        var values: [String: String] = [:]
        let target = target ?? stage ?? "default"
        for (name, value) in PlatformArguments.values(target: platform, stage: target) {
            values[name] = buildArguments[name] ?? value
        }
        return values
    }
}
