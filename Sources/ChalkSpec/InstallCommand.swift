/// The shell text of an install step, and what its RUN needs around it.
///
/// pip is called as `pip`, not `python3 -m pip`: official Python images and Debian's python3-pip both have it, and it
/// installs for the interpreter that its image means, also where `python3` is another one. Debian marks its Python
/// as externally managed (PEP 668); `--break-system-packages` is unknown to pip before 23.0.1, so the same wish goes
/// through the environment, which older versions ignore. The variables stand in the command, so they reach neither
/// later steps nor the config.
package struct InstallCommand: Hashable, Sendable {
    package enum Installer: String, Sendable, Hashable {
        case pip
        case uv
        case apt
    }

    /// A file that must be readable at `path` while the command runs, and must not stay in the layer.
    package struct InputFile: Hashable, Sendable {
        package let path: String
        package let contents: [UInt8]
    }

    /// Linux refuses one argument of 128 KiB; longer commands read `inputFiles` instead.
    package static let inlineLimit = 100_000

    package let installer: Installer
    /// For `/bin/sh -c`, one line.
    package let shell: String
    /// The directory to mount a shared cache on; nil for apt, whose cache Debian images clear themselves.
    package let cacheDirectory: String?
    /// Empty but for requirements too long for a command line.
    package let inputFiles: [InputFile]
    /// How to go on when the program is not there (exit code 127).
    package let missingProgramHint: String

    private init(_ installer: Installer, shell: String, inputFiles: [InputFile] = []) {
        self.installer = installer
        self.shell = shell
        self.inputFiles = inputFiles
        switch installer {
        case .pip:
            cacheDirectory = "/root/.cache/pip"
            missingProgramHint =
                "pipInstall needs pip in the base image; start from debianSlim or install python3-pip"
        case .uv:
            cacheDirectory = "/root/.cache/uv"
            missingProgramHint =
                "uvPipInstall needs uv in the base image; start from ghcr.io/astral-sh/uv:python3.12-bookworm-slim "
                + "or call pipInstall([\"uv\"]) before it"
        case .apt:
            cacheDirectory = nil
            missingProgramHint = "aptInstall needs apt-get in the base image; start from Debian or Ubuntu"
        }
    }

    /// `pip install` of requirement specifiers, each one shell word.
    package static func pip(_ packages: [String]) -> InstallCommand {
        packagesCommand(.pip, packages)
    }

    /// `uv pip install` of requirement specifiers, each one shell word.
    package static func uv(_ packages: [String]) -> InstallCommand {
        packagesCommand(.uv, packages)
    }

    /// `pip install` of inlined requirements.
    package static func pip(_ requirements: Requirements) -> InstallCommand {
        reading(.pip, options: [], lines: requirements.lines, constraints: requirements.constraints)
    }

    /// `uv pip install` of inlined requirements.
    package static func uv(_ requirements: Requirements) -> InstallCommand {
        reading(.uv, options: [], lines: requirements.lines, constraints: requirements.constraints)
    }

    /// `uv sync` of a project whose two files are in place; the lock file decides every version.
    package static func uvSync(_ sync: UvSync) -> InstallCommand {
        let extras = sync.extras.map { "--extra \(ShellQuoting.quote($0))" }
        let variables = "UV_CACHE_DIR=/root/.cache/uv UV_LINK_MODE=copy "
        let call = (["uv sync --frozen"] + extras).joined(separator: " ")
        return InstallCommand(
            .uv, shell: "cd \(ShellQuoting.quote(sync.workdir ?? "/app")) && \(variables)\(call)")
    }

    /// `apt-get install` of Debian packages. Lists and logs go, since they differ from run to run.
    package static func apt(_ packages: [String]) -> InstallCommand {
        InstallCommand(
            .apt,
            shell: "export DEBIAN_FRONTEND=noninteractive && apt-get update && "
                + "apt-get install -y --no-install-recommends \(ShellQuoting.join(packages)) && "
                + "rm -rf /var/lib/apt/lists/* /var/log/apt/* /var/log/dpkg.log /var/log/alternatives.log "
                + "/var/cache/ldconfig/aux-cache")
    }

    /// The SDK inlines requirements files as packages, line by line, so a "package" may be an option with its value,
    /// end in a comment or a continuation, or carry hashes, which no command line takes.
    private static func packagesCommand(_ installer: Installer, _ packages: [String]) -> InstallCommand {
        var options: [String] = []
        var lines: [String] = []
        var words: [String] = []
        var needsFile = false
        for line in RequirementsText.lines(packages.joined(separator: "\n")).map(\.text) {
            let (requirement, behind) = RequirementsText.parted(line)
            if requirement.isEmpty {
                let cut = RequirementsText.words(line)
                options += cut
                words += cut
            } else {
                needsFile = needsFile || behind.hasPrefix("--")
                lines.append(line)
                words.append(line)
            }
        }
        if needsFile { return reading(installer, options: options, lines: lines, constraints: []) }
        return InstallCommand(installer, shell: prefix(installer).set + call(installer, words))
    }

    private static func reading(
        _ installer: Installer, options: [String], lines: [String], constraints: [String]
    ) -> InstallCommand {
        let prefix = prefix(installer)
        var arguments = options + ["-r", "/dev/stdin"]
        var shell = "printf '%s\\n' " + lines.map(quoteAlways).joined(separator: " ") + " | "
        if constraints.isEmpty {
            shell = prefix.before + shell + prefix.variables + call(installer, arguments)
        } else {
            arguments += ["-c", "/dev/fd/3"]
            shell =
                prefix.before + "printf '%s\\n' " + constraints.map(quoteAlways).joined(separator: " ")
                + " | { "
                + shell + prefix.variables + call(installer, arguments) + "; } 3<&0"
        }
        if shell.utf8.count <= inlineLimit { return InstallCommand(installer, shell: shell) }
        let text: ([String]) -> [UInt8] = { $0.flatMap { Array($0.utf8) + [0x0A] } }
        var files = [InputFile(path: "/run/chalk-image/requirements.txt", contents: text(lines))]
        arguments = options + ["-r", "/run/chalk-image/requirements.txt"]
        if !constraints.isEmpty {
            files.append(InputFile(path: "/run/chalk-image/constraints.txt", contents: text(constraints)))
            arguments += ["-c", "/run/chalk-image/constraints.txt"]
        }
        return InstallCommand(
            installer, shell: prefix.set + call(installer, arguments), inputFiles: files)
    }

    private static func call(_ installer: Installer, _ words: [String]) -> String {
        (installer == .uv ? "uv pip install " : "pip install ") + ShellQuoting.join(words)
    }

    /// What precedes the call: commands before a pipeline, and variables of the call itself.
    private static func prefix(_ installer: Installer) -> (before: String, variables: String, set: String) {
        switch installer {
        case .apt: return ("", "", "")
        case .pip:
            let variables =
                "PIP_BREAK_SYSTEM_PACKAGES=1 PIP_CACHE_DIR=/root/.cache/pip PIP_DISABLE_PIP_VERSION_CHECK=1 "
                + "PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore "
            return ("", variables, variables)
        case .uv:
            // An active virtual environment stays the target; else it is the first Python on PATH.
            let before = "[ -n \"${VIRTUAL_ENV-}\" ] || export UV_SYSTEM_PYTHON=1; "
            let variables = "UV_BREAK_SYSTEM_PACKAGES=1 UV_CACHE_DIR=/root/.cache/uv UV_LINK_MODE=copy "
            return (before, variables, before + variables)
        }
    }

    /// printf gets its data in quotes throughout, so that a line never looks like an option or a word of ours.
    private static func quoteAlways(_ line: String) -> String {
        let quoted = ShellQuoting.quote(line)
        return quoted.hasPrefix("'") ? quoted : "'" + quoted + "'"
    }
}
