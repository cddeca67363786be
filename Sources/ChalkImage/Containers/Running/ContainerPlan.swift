internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// What an image and options make together: all that can be wrong with them is found before anything is made.
struct ContainerPlan {
    /// The name is the host name as well, and no part of one may be longer (RFC 1035 section 2.3.4).
    private static let nameRule = NameRule(for: "a container", limit: 63)

    var record: ContainerRecord
    /// Without the layers, and without what is mounted.
    var request: StepRequest
    let volumes: [VolumeMount]
    let groups: [VolumeGroup]

    /// A plan for an image.
    ///
    /// - Parameter name: what the caller called the image.
    init(
        _ image: ImageStore.Stored, called name: String, groups: [VolumeGroup], _ options: ContainerOptions,
        _ secrets: SecretSources
    ) throws {
        if options.gpu != nil {
            throw ChalkError(
                .invalidInput, "a container here cannot have a GPU; leave gpu out, or run it elsewhere")
        }
        if let name = options.name { try ContainerPlan.nameRule.check(name) }
        if options.isolatesNetwork, let port = options.ports.first {
            throw ChalkError(
                .invalidInput, "the port \(port) cannot be published by a container without a network")
        }
        var runtime = image.config.runtime
        for variable in options.environment { try runtime.set(checked: variable) }
        if runtime.value(of: "PATH") == nil { runtime.set("PATH", to: RuntimeConfig.defaultPath) }
        let secret = try Secret.resolve(options.secrets, from: secrets)
        volumes = try options.volumes.checked()
        self.groups = groups
        try ContainerPlan.check(volumes, groups)

        let id = RandomName.make()
        let words = try ContainerPlan.arguments(image.config.runtime, options, name)
        request = StepRequest(lowers: [], arguments: words)
        request.environment = runtime.environment
        request.extraEnvironment = secret.map(\.assignment)
        request.workingDirectory =
            options.workingDirectory
            ?? (runtime.workingDirectory.isEmpty ? "/" : runtime.workingDirectory)
        request.user = options.user ?? runtime.user
        request.network = options.isolatesNetwork ? .none : .host
        request.hostname = options.name ?? String(id.prefix(12))
        if words == [IdleProgram.path] {
            request.mounts.append(
                .file(content: IdleProgram.bytes, destination: IdleProgram.path, access: .init(0o755)))
        }
        try request.limit(options)

        record = ContainerRecord(
            id: id, name: options.name, image: name, imageDigest: image.descriptor.digest, arguments: words,
            environment: runtime.environment, workingDirectory: request.workingDirectory,
            user: request.user, created: WallClock.seconds(), boot: try Machine.bootID())
        record.ports = options.ports
        record.mounts =
            groups.map {
                .init(
                    kind: "group", source: $0.manifest.description, destination: $0.mountPath,
                    isReadOnly: options.hasReadOnlyGroups)
            }
            + volumes.map {
                .init(kind: "volume", source: $0.name, destination: $0.path, isReadOnly: $0.isReadOnly)
            }
        record.secrets = options.secrets.map(\.title)
        record.cpu = options.cpu
        record.memory = options.memory
        record.isRemovedAtEnd = options.isRemovedAtEnd
        if let signal = image.config.runtime.stopSignal {
            record.stopSignal = try SignalName.number(signal)
        }
    }

    /// What cannot be mounted where it should.
    private static func check(_ volumes: [VolumeMount], _ groups: [VolumeGroup]) throws {
        for volume in volumes {
            if let group = groups.first(where: { $0.mountPath == volume.path }) {
                throw ChalkError(
                    .invalidInput,
                    "the volume \(volume.name) cannot be mounted at \(group.mountPath): the image's own files "
                        + "are mounted there; choose another path")
            }
            for taken in ["/proc", "/sys", "/dev"]
            where volume.path == taken || volume.path.hasPrefix(taken + "/") && taken != "/dev" {
                throw ChalkError(
                    .invalidInput,
                    "the volume \(volume.name) cannot be mounted at \(volume.path): \(taken) is the kernel's")
            }
        }
    }

    /// ENTRYPOINT and CMD as Docker has them: CMD follows ENTRYPOINT, and whoever says another ENTRYPOINT says the
    /// rest as well.
    private static func arguments(
        _ runtime: RuntimeConfig, _ options: ContainerOptions, _ name: String
    ) throws -> [String] {
        let entrypoint = options.entrypoint ?? runtime.entrypoint ?? []
        let isReplaced = options.entrypoint != nil
        let command = options.command.isEmpty && !isReplaced ? runtime.command ?? [] : options.command
        let words = entrypoint + command
        if words.isEmpty, options.mayIdle { return [IdleProgram.path] }
        guard !words.isEmpty else {
            throw ChalkError(
                .invalidInput,
                "\(name) has neither ENTRYPOINT nor CMD; say what to run: chalk-image run \(name) PROGRAM")
        }
        return words
    }
}

extension RuntimeConfig {
    /// Sets a variable that somebody wrote as `NAME=value`.
    fileprivate mutating func set(checked variable: String) throws {
        let name = variable.prefix { $0 != "=" }
        guard !name.isEmpty, name.count < variable.count, !variable.utf8.contains(0) else {
            throw ChalkError(
                .invalidInput, "\"\(name)\" is no variable: one is NAME=value, without NUL bytes")
        }
        set(String(name), to: String(variable.dropFirst(name.count + 1)))
    }
}

extension StepRequest {
    /// Takes over how much of the machine the container may use.
    fileprivate mutating func limit(_ options: ContainerOptions) throws {
        if let cpu = options.cpu {
            limits.processorQuota = try ResourceAmount.processorQuota(cpu)
            limits.processorPeriod = ResourceAmount.processorPeriod
        }
        limits.memory = try options.memory.map { try ResourceAmount.memory($0) }
    }
}

/// Signals by their names.
package enum SignalName {
    private static let names = [
        "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
        "USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "CHLD": 17, "CONT": 18,
        "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26,
        "PROF": 27, "WINCH": 28, "IO": 29, "PWR": 30, "SYS": 31,
    ]

    /// The number of `TERM`, `SIGTERM`, `15`, also `RTMIN+3`.
    package static func number(_ text: String) throws(ChalkError) -> Int32 {
        var name = text.uppercased()
        if name.hasPrefix("SIG") { name.removeFirst(3) }
        if let number = names[name].map(Int32.init) ?? Int32(name), (1...64).contains(number) {
            return number
        }
        if name == "RTMIN" { return 34 }
        if name.hasPrefix("RTMIN+"), let offset = Int32(name.dropFirst(6)), (0...30).contains(offset) {
            return 34 + offset
        }
        throw ChalkError(.invalidInput, "there is no signal \(text)")
    }
}
