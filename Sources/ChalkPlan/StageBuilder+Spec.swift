internal import ChalkOCI
package import ChalkSpec

/// What a spec's own fields and steps do. `dockerfileCommands` is lowered with the Dockerfile's instructions.
extension StageBuilder {
    /// ENV and WORKDIR of the spec, which come right after the base.
    package mutating func begin(_ spec: ImageSpec) {
        for (name, value) in spec.sortedEnv {
            let title = "ENV \(name)=\(ShellQuoting.quote(value))"
            configure(title, origin: nil) { $0.set(name, to: value) }
        }
        if let workdir = spec.workdir { self.workdir(workdir, title: "WORKDIR \(workdir)", origin: nil) }
    }

    /// ENTRYPOINT and CMD of the spec, which come last; a new ENTRYPOINT drops the base's CMD.
    package mutating func end(_ spec: ImageSpec) {
        let keepsCommand = setsCommand
        if !spec.entrypoint.isEmpty {
            configure("ENTRYPOINT \(execForm(spec.entrypoint))", origin: nil) {
                $0.entrypoint = spec.entrypoint
                if !keepsCommand { $0.command = nil }
            }
        }
        if !spec.cmd.isEmpty {
            configure("CMD \(execForm(spec.cmd))", origin: nil) { $0.command = spec.cmd }
        }
    }

    /// RUN of a shell command.
    package mutating func runShell(
        _ command: String, title: String? = nil, origin: String?, mounts: [RunMountOperation] = [],
        missingProgramHint: String? = nil
    ) {
        let line = command.split(separator: "\n").joined(separator: " ")
        run(
            shell + [command], title: title ?? "RUN \(line)",
            createdBy: "RUN \((shell + [command]).joined(separator: " "))",
            origin: origin, mounts: mounts, missingProgramHint: missingProgramHint)
    }

    /// RUN of an installer, with its cache kept between builds. People are shown the short form of the command.
    package mutating func install(
        _ command: InstallCommand, _ name: String, _ words: [String], origin: String?
    ) {
        var mounts: [RunMountOperation] = []
        if let directory = command.cacheDirectory {
            mounts.append(.cache(.init(id: directory, target: directory)))
        }
        for file in command.inputFiles { mounts.append(.file(target: file.path, contents: file.contents)) }
        runShell(
            command.shell, title: (["RUN \(name)"] + words).joined(separator: " "), origin: origin,
            mounts: mounts, missingProgramHint: command.missingProgramHint)
    }

    /// Files of the spec.
    package mutating func add(
        _ items: [FileOperation.Item], title: String, origin: String?, isWhole: Bool = false
    ) {
        let operation = FileOperation(
            items: items, owner: nil, followsTree: followsTree, isWhole: isWhole)
        append(
            Step(
                kind: .copy, title: title, createdBy: title, origin: origin, operation: .files(operation)))
    }

    private func execForm(_ words: [String]) -> String {
        JSON.strings(words).compact()
    }
}
