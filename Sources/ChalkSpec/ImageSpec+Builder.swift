/// The calls that make a spec. Each answers a new value or throws a `SpecError` that names the argument; the
/// receiver never changes.
extension ImageSpec {
    /// The empty image.
    package static let scratch = ImageSpec(base: .reference("scratch"))

    /// Starts from any image reference.
    package static func base(_ reference: String) throws(SpecError) -> ImageSpec {
        ImageSpec(base: .reference(try SpecRules.baseImage(reference)))
    }

    /// Starts from `python:<version>-slim-bookworm`.
    package static func debianSlim(_ version: String = "3.12") throws(SpecError) -> ImageSpec {
        ImageSpec(base: .reference(try SpecRules.debianSlim(version)))
    }

    /// Starts from a Dockerfile, kept byte for byte; later calls append to its last stage.
    package static func fromDockerfile(_ path: String, in location: SpecLocation) throws(SpecError)
        -> ImageSpec
    {
        do throws(SpecError) {
            let absolute = try StepRules.hostPath(path, at: "", in: location)
            let contents = try location.read(absolute, limit: DockerfileSource.limit)
            return try fromDockerfile(DockerfileSource(path: absolute, contents: contents))
        } catch {
            throw error.within("dockerfile")
        }
    }

    /// An image that starts with a Dockerfile that was read elsewhere.
    package static func fromDockerfile(_ source: DockerfileSource) throws(SpecError) -> ImageSpec {
        guard source.startsAStage else {
            throw SpecError(
                .invalid, at: "",
                "\(quoted(source.path)) does not start with FROM (only ARG and comments may precede it)")
        }
        return ImageSpec(base: .dockerfile(source))
    }

    /// One RUN for each string; none is no step.
    package func runCommands(_ commands: [String]) throws(SpecError) -> ImageSpec {
        appending(try StepRules.runCommands(commands))
    }

    /// One RUN of pip for all requirement specifiers; none is no step.
    package func pipInstall(_ packages: [String]) throws(SpecError) -> ImageSpec {
        appending(try StepRules.pipInstall(packages))
    }

    /// One RUN of uv for all requirement specifiers; none is no step.
    package func uvPipInstall(_ packages: [String]) throws(SpecError) -> ImageSpec {
        appending(try StepRules.uvPipInstall(packages))
    }

    /// Reads a requirements file now; the build needs it no more. A file without requirements is no step.
    package func pipInstallFromRequirements(_ path: String, in location: SpecLocation) throws(SpecError)
        -> ImageSpec
    {
        let requirements = try Requirements.read(
            path, in: location, at: "pipInstallFromRequirements.path")
        return appending(StepRules.requirements(requirements, uv: false))
    }

    /// The same for uv.
    package func uvPipInstallFromRequirements(_ path: String, in location: SpecLocation) throws(SpecError)
        -> ImageSpec
    {
        let requirements = try Requirements.read(
            path, in: location, at: "uvPipInstallFromRequirements.path")
        return appending(StepRules.requirements(requirements, uv: true))
    }

    /// One RUN of apt-get for all packages; none is no step.
    package func aptInstall(_ packages: [String]) throws(SpecError) -> ImageSpec {
        appending(try StepRules.aptInstall(packages))
    }

    /// A file given as bytes. `mode` nil is 0644.
    package func addFile(_ content: [UInt8], to destination: String, mode: UInt32? = nil) throws(SpecError)
        -> ImageSpec
    {
        appending(try StepRules.addFile(destination: destination, content: content, mode: mode))
    }

    /// A local file, checked now and read when the image is built (`.copy`) or started (`.volume`).
    package func addLocalFile(
        _ src: String, to dest: String, mode: UInt32? = nil, strategy: FileStrategy = .volume,
        in location: SpecLocation
    ) throws(SpecError) -> ImageSpec {
        appending(
            try StepRules.addLocalFile(src, to: dest, mode: mode, strategy: strategy, in: location))
    }

    /// A local directory, checked now and walked when the image is built (`.copy`) or started (`.volume`).
    package func addLocalDir(
        _ src: String, to dest: String, strategy: FileStrategy = .volume, exclude: [String] = [],
        archive: Bool = false, layers: LayerLayout = .auto, in location: SpecLocation
    ) throws(SpecError) -> ImageSpec {
        appending(
            try StepRules.addLocalDir(
                src, to: dest, strategy: strategy, exclude: exclude, archive: archive, layers: layers,
                in: location))
    }

    /// Dockerfile lines, verbatim, in place; none is no step.
    package func dockerfileCommands(_ commands: [String]) throws(SpecError) -> ImageSpec {
        appending(try StepRules.dockerfileCommands(commands))
    }

    /// A uv project; the files are LZ4 frames, as on the wire.
    package func uvSync(_ sync: UvSync) throws(SpecError) -> ImageSpec {
        appending(try StepRules.uvSync(sync))
    }

    /// Merges variables over those of earlier calls.
    package func env(_ variables: [String: String]) throws(SpecError) -> ImageSpec {
        try SpecRules.env(variables)
        var copy = self
        copy.env.merge(variables) { _, new in new }
        return copy
    }

    /// The working directory of steps and of the container; the last call wins.
    package func workdir(_ path: String) throws(SpecError) -> ImageSpec {
        var copy = self
        copy.workdir = try SpecRules.workdir(path)
        return copy
    }

    /// The program that always runs; the last call wins, an empty list unsets it.
    package func entrypoint(_ words: [String]) throws(SpecError) -> ImageSpec {
        try SpecRules.exec(words, at: "entrypoint")
        var copy = self
        copy.entrypoint = words
        return copy
    }

    /// Its default arguments; the last call wins, an empty list unsets them.
    package func cmd(_ words: [String]) throws(SpecError) -> ImageSpec {
        try SpecRules.exec(words, at: "cmd")
        var copy = self
        copy.cmd = words
        return copy
    }

    private func appending(_ kind: BuildStep.Kind?) -> ImageSpec {
        guard let kind else { return self }
        var copy = self
        copy.steps.append(BuildStep(kind))
        return copy
    }
}
