internal import ChalkSpec

extension StageBuilder {
    /// Adds a step of a spec; `dockerfileCommands` was cut into instructions before.
    mutating func apply(_ step: BuildStep, number: Int) throws(PlanError) {
        let place = step.origin.jsonPath ?? "steps[\(number)].\(step.name)"
        switch step.kind {
        case .runCommands(let commands):
            for command in commands { runShell(command, origin: place) }
        case .pipInstall(let packages): install(.pip(packages), "pip install", packages, origin: place)
        case .uvPipInstall(let packages): install(.uv(packages), "uv pip install", packages, origin: place)
        case .pipInstallRequirements(let requirements):
            install(.pip(requirements), "pip install", requirements.requirements, origin: place)
        case .uvPipInstallRequirements(let requirements):
            install(.uv(requirements), "uv pip install", requirements.requirements, origin: place)
        case .aptInstall(let packages): install(.apt(packages), "apt-get install", packages, origin: place)
        case .addFile(let file):
            add(.bytes(file.content), to: file.destination, mode: file.mode ?? 0o644, origin: place)
        case .addLocalFile(let file) where file.strategy == .copy:
            add(.localFile(file.src), to: file.dest, mode: file.mode, origin: place)
        case .addLocalDir(let dir) where dir.strategy == .copy:
            add(
                .localDirectory(dir.src, exclude: dir.exclude), to: dir.dest, mode: nil, origin: place,
                isWhole: dir.layers == .single)
        case .addLocalFile, .addLocalDir: break
        case .uvSync(let sync): uvSync(sync, origin: place)
        case .dockerfileCommands: break
        case .unknown:
            throw PlanError(
                .unsupported, at: place,
                "this version does not know that kind of step; build with a newer chalk-image")
        }
    }

    private mutating func add(
        _ source: FileOperation.Source, to destination: String, mode: UInt32?, origin: String,
        isWhole: Bool = false
    ) {
        add(
            [
                FileOperation.Item(
                    source: source, destination: destination, mode: mode.map { .bits($0) })
            ],
            title: "COPY \(source.title) \(destination)", origin: origin, isWhole: isWhole)
    }

    private mutating func uvSync(_ sync: UvSync, origin: String) {
        let directory = sync.workdir ?? "/app"
        add(
            [
                FileOperation.Item(
                    source: .lz4Frame(sync.pyprojectTomlLZ4), destination: directory + "/pyproject.toml",
                    mode: .bits(0o644)),
                FileOperation.Item(
                    source: .lz4Frame(sync.uvLockLZ4), destination: directory + "/uv.lock",
                    mode: .bits(0o644)),
            ], title: "COPY pyproject.toml uv.lock \(directory)/", origin: origin)
        install(.uvSync(sync), "uv sync", sync.extras, origin: origin)
    }
}

extension FileOperation.Source {
    /// What a title calls it: the last part of a path, or what kind of bytes.
    var title: String {
        switch self {
        case .bytes: "(inline)"
        case .lz4Frame: "(inline)"
        case .localFile(let path): path.split(separator: "/").last.map(String.init) ?? path
        case .localDirectory(let path, _): (path.split(separator: "/").last.map(String.init) ?? path) + "/"
        case .inline(let name, _): "<<\(name)"
        case .selection(let selection): selection.patterns.joined(separator: " ")
        case .download(let download, _): download.url
        }
    }
}
