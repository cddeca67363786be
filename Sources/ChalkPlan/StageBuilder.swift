package import ChalkOCI

/// Turns instructions into steps, one after the other, keeping what later ones can see.
///
/// The whole of a stage's config is known before anything runs, so the plan can be shown without a build.
package struct StageBuilder: Sendable {
    /// The config so far.
    package var runtime: RuntimeConfig
    /// What ARG has declared so far.
    package var arguments = StageArguments()
    /// From MAINTAINER.
    package var author: String?
    /// Whether a CMD of this stage was met, so that a later ENTRYPOINT keeps it.
    var setsCommand = false
    /// In order.
    package private(set) var steps: [Step] = []
    /// Whether destinations are looked up in the layers below: see ``PlanGraph``.
    package var followsTree: Bool
    /// Whether no RUN of the build has a network.
    let isolatesNetwork: Bool
    /// Names that every RUN of the build knows.
    var hosts: [RunOperation.HostName] = []

    /// A stage that starts from a base's config.
    package init(on base: RuntimeConfig, followsTree: Bool, isolatesNetwork: Bool) {
        runtime = base
        self.followsTree = followsTree
        self.isolatesNetwork = isolatesNetwork
    }

    /// Adds a step as it is.
    package mutating func append(_ step: Step) {
        steps.append(step)
    }

    /// Adds a step that only changes the config.
    ///
    /// - Parameter createdBy: what the history says of it; nil for the title.
    package mutating func configure(
        _ title: String, createdBy: String? = nil, origin: String?, _ change: (inout RuntimeConfig) -> Void
    ) {
        change(&runtime)
        append(
            Step(
                kind: .config, title: title, createdBy: createdBy ?? title, origin: origin,
                operation: .config))
    }

    /// WORKDIR: the directory is made where it is missing, for the user so far, and later relative ones start there.
    package mutating func workdir(_ path: String, title: String, origin: String?) {
        runtime.workingDirectory = absolute(path)
        let operation = DirectoryOperation(
            paths: [runtime.workingDirectory], owner: runtime.user.isEmpty ? nil : runtime.user,
            followsTree: followsTree)
        append(
            Step(
                kind: .workdir, title: title, createdBy: "WORKDIR \(runtime.workingDirectory)",
                origin: origin,
                operation: .directories(operation)))
    }

    /// VOLUME: the directories are made where they are missing, as Buildah does.
    package mutating func volume(_ paths: [String], title: String, origin: String?) {
        runtime.volumes.formUnion(paths)
        let operation = DirectoryOperation(paths: paths.map { absolute($0) }, owner: nil, followsTree: true)
        append(
            Step(
                kind: .volume, title: title, createdBy: "VOLUME [\(paths.joined(separator: " "))]",
                origin: origin,
                operation: .directories(operation)))
    }

    /// RUN: `arguments` is the program with its arguments.
    package mutating func run(
        _ words: [String], title: String, createdBy: String, origin: String?,
        mounts: [RunMountOperation] = [],
        isolatedNetwork: Bool = false, missingProgramHint: String? = nil
    ) {
        append(
            Step(
                kind: .run, title: title, createdBy: createdBy, origin: origin,
                operation: .run(
                    RunOperation(
                        arguments: words, environment: stepEnvironment,
                        workingDirectory: runtime.workingDirectory.isEmpty ? "/" : runtime.workingDirectory,
                        user: runtime.user, mounts: mounts,
                        isolatedNetwork: isolatedNetwork || isolatesNetwork, hosts: hosts,
                        missingProgramHint: missingProgramHint))))
    }

    /// The shell that wraps shell-form commands.
    package var shell: [String] { runtime.shell ?? ["/bin/sh", "-c"] }

    /// A path seen from the working directory.
    package func absolute(_ path: String) -> String {
        ImageTreePath.normalized(path.hasPrefix("/") ? path : "\(runtime.workingDirectory)/\(path)")
    }

    /// The value of a variable for what follows: the later of ENV and ARG counts, and of what lies below, ENV.
    func value(of name: String) -> String? {
        if arguments.hidesEnvironment(name) { return arguments[name] }
        return runtime.value(of: name) ?? arguments[name]
    }

    /// What RUN steps see: the config's variables, ARG values, the default PATH.
    private var stepEnvironment: [String] {
        var seen = runtime
        for name in arguments.names.sorted() {
            if let value = value(of: name), seen.value(of: name) != value { seen.set(name, to: value) }
        }
        if seen.value(of: "PATH") == nil { seen.set("PATH", to: RuntimeConfig.defaultPath) }
        return seen.environment
    }
}

extension RuntimeConfig {
    /// The PATH where an image says none.
    package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The config of the empty image: a PATH, as BuildKit and Buildah give it.
    package static var scratch: RuntimeConfig {
        var config = RuntimeConfig()
        config.set("PATH", to: defaultPath)
        return config
    }
}
