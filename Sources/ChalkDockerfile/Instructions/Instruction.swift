/// One checked instruction of a Dockerfile.
///
/// Strings are as written, quotes, escapes and `$` included, until `expanding(with:escape:)`. The texts of
/// RUN, CMD, ENTRYPOINT, SHELL, HEALTHCHECK, ONBUILD and MAINTAINER are never expanded here.
package enum Instruction: Sendable, Equatable {
    case from(FromInstruction)
    case arg(ArgInstruction)
    case run(RunInstruction)
    case copy(CopyInstruction)
    case add(AddInstruction)
    case env(EnvInstruction)
    case label(LabelInstruction)
    case expose(ExposeInstruction)
    case volume(VolumeInstruction)
    case user(UserInstruction)
    case workdir(WorkdirInstruction)
    case stopSignal(StopSignalInstruction)
    case healthcheck(HealthcheckInstruction)
    case shell(ShellInstruction)
    case entrypoint(EntrypointInstruction)
    case cmd(CmdInstruction)
    case onbuild(OnbuildInstruction)
    case maintainer(MaintainerInstruction)

    /// Every keyword, in upper case.
    package static let keywords = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
        "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ]

    /// The keyword, in upper case.
    package var keyword: String {
        switch self {
        case .from: "FROM"
        case .arg: "ARG"
        case .run: "RUN"
        case .copy: "COPY"
        case .add: "ADD"
        case .env: "ENV"
        case .label: "LABEL"
        case .expose: "EXPOSE"
        case .volume: "VOLUME"
        case .user: "USER"
        case .workdir: "WORKDIR"
        case .stopSignal: "STOPSIGNAL"
        case .healthcheck: "HEALTHCHECK"
        case .shell: "SHELL"
        case .entrypoint: "ENTRYPOINT"
        case .cmd: "CMD"
        case .onbuild: "ONBUILD"
        case .maintainer: "MAINTAINER"
        }
    }

    init(_ source: InstructionSource) throws(DockerfileError) {
        switch source.syntax.name {
        case "from": self = .from(try FromInstruction(source))
        case "arg": self = .arg(try ArgInstruction(source))
        case "run": self = .run(try RunInstruction(source))
        case "copy": self = .copy(try CopyInstruction(source))
        case "add": self = .add(try AddInstruction(source))
        case "env": self = .env(try EnvInstruction(source))
        case "label": self = .label(try LabelInstruction(source))
        case "expose": self = .expose(try ExposeInstruction(source))
        case "volume": self = .volume(try VolumeInstruction(source))
        case "user": self = .user(try UserInstruction(source))
        case "workdir": self = .workdir(try WorkdirInstruction(source))
        case "stopsignal": self = .stopSignal(try StopSignalInstruction(source))
        case "healthcheck": self = .healthcheck(try HealthcheckInstruction(source))
        case "shell": self = .shell(try ShellInstruction(source))
        case "entrypoint": self = .entrypoint(try EntrypointInstruction(source))
        case "cmd": self = .cmd(try CmdInstruction(source))
        case "onbuild": self = .onbuild(try OnbuildInstruction(source))
        case "maintainer": self = .maintainer(try MaintainerInstruction(source))
        default:
            let written = source.syntax.keyword.text
            if written.isEmpty {
                throw source.failure(.unknownInstruction, "a continuation continues nothing; remove it")
            }
            let hint = Suggestion(for: written.uppercased(), among: Self.keywords)
            throw source.failure(.unknownInstruction, "unknown instruction \(written)\(hint)")
        }
    }
}
