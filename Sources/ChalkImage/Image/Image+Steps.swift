internal import ChalkSpec

/// How a local file or directory reaches the container.
public enum LocalFileStrategy: String, Sendable, Hashable, CaseIterable {
    /// In a layer of the image.
    case copy
    /// Mounted when the container starts; the image does not change with it.
    case volume
}

/// How many layers a local directory becomes.
public enum LocalDirLayers: String, Sendable, Hashable, CaseIterable {
    /// Several where it is large, such that an edit re-makes and re-sends one of them, unless the build splits nothing
    /// (``BuildOptions/splitsLayers``); see `docs/decisions/0006-split-layers.md`.
    case auto
    /// One.
    case single
}

extension FileStrategy {
    init(_ strategy: LocalFileStrategy) {
        switch strategy {
        case .copy: self = .copy
        case .volume: self = .volume
        }
    }
}

extension Image {
    /// Runs shell commands, one RUN for each; none changes nothing.
    public func runCommands(_ commands: String...) throws(ChalkError) -> Image {
        try runCommands(commands)
    }

    /// Runs shell commands, one RUN for each; none changes nothing.
    public func runCommands(_ commands: [String]) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.runCommands(commands) }
    }

    /// Installs requirement specifiers, such as `requests>=2.28`, with pip in one RUN; none changes nothing.
    public func pipInstall(_ packages: [String]) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.pipInstall(packages) }
    }

    /// Installs what a requirements file says. The file and all it includes are read now.
    public func pipInstallFromRequirements(_ path: String) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in
            try spec.pipInstallFromRequirements(path, in: ImageFiles.location())
        }
    }

    /// Installs requirement specifiers with `uv pip install` in one RUN; the base must contain uv.
    public func uvPipInstall(_ packages: [String]) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.uvPipInstall(packages) }
    }

    /// Installs what a requirements file says with uv. The file and all it includes are read now.
    public func uvPipInstallFromRequirements(_ path: String) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in
            try spec.uvPipInstallFromRequirements(path, in: ImageFiles.location())
        }
    }

    /// Installs Debian packages in one RUN; none changes nothing.
    public func aptInstall(_ packages: [String]) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.aptInstall(packages) }
    }

    /// Adds a file given as bytes.
    ///
    /// - Parameters:
    ///   - content: The whole file.
    ///   - destination: Absolute path in the image.
    ///   - mode: Permission bits, 0 to 0o7777; nil is 0644.
    public func addFile(
        _ content: [UInt8], to destination: String, mode: UInt32? = nil
    ) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.addFile(content, to: destination, mode: mode) }
    }

    /// Adds a local file, which must exist.
    ///
    /// - Parameters:
    ///   - src: A host path; relative ones start at the working directory.
    ///   - dest: Absolute path in the image.
    ///   - mode: Permission bits, 0 to 0o7777; nil is 0755 when the owner may execute the file, else 0644.
    ///   - strategy: In a layer, or mounted when the container starts.
    public func addLocalFile(
        _ src: String, to dest: String, mode: UInt32? = nil, strategy: LocalFileStrategy = .volume
    ) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in
            try spec.addLocalFile(
                src, to: dest, mode: mode, strategy: FileStrategy(strategy), in: ImageFiles.location())
        }
    }

    /// Adds a local directory, which must exist, without what `.gitignore` and `.chalkignore` leave out.
    ///
    /// - Parameters:
    ///   - src: A host path; relative ones start at the working directory.
    ///   - dest: Absolute directory in the image.
    ///   - strategy: In a layer, or mounted when the container starts.
    ///   - exclude: Lines in gitignore syntax, anchored at `src`, after those of the ignore files.
    ///   - archive: One tar file at `dest` instead of the tree; only with `.volume`.
    ///   - layers: How many layers it becomes; `.single` only with `.copy`.
    public func addLocalDir(
        _ src: String, to dest: String, strategy: LocalFileStrategy = .volume, exclude: [String] = [],
        archive: Bool = false, layers: LocalDirLayers = .auto
    ) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in
            try spec.addLocalDir(
                src, to: dest, strategy: FileStrategy(strategy), exclude: exclude, archive: archive,
                layers: layers == .auto ? .auto : .single, in: ImageFiles.location())
        }
    }

    /// Adds Dockerfile lines, verbatim, in place; none changes nothing.
    public func dockerfileCommands(_ commands: [String]) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.dockerfileCommands(commands) }
    }

    /// Installs a uv project with `uv sync`; the base must contain uv.
    ///
    /// - Parameters:
    ///   - pyprojectTomlLZ4: pyproject.toml as an LZ4 frame.
    ///   - uvLockLZ4: uv.lock as an LZ4 frame.
    ///   - extras: Names of optional dependencies to install.
    ///   - workdir: Absolute directory in the image for both files; nil is `/app`.
    public func uvSync(
        pyprojectTomlLZ4: [UInt8], uvLockLZ4: [UInt8], extras: [String] = [], workdir: String? = nil
    ) throws(ChalkError) -> Image {
        let sync = UvSync(
            pyprojectTomlLZ4: pyprojectTomlLZ4, uvLockLZ4: uvLockLZ4, extras: extras, workdir: workdir)
        return try Image.make { () throws(SpecError) in try spec.uvSync(sync) }
    }

    /// Sets variables for the steps and the container, over those of earlier calls.
    public func env(_ variables: [String: String]) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.env(variables) }
    }

    /// Sets the working directory of the steps and the container; the last call wins.
    public func workdir(_ path: String) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.workdir(path) }
    }

    /// Sets the program that always runs; the last call wins, an empty list unsets it.
    public func entrypoint(_ words: [String]) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.entrypoint(words) }
    }

    /// Sets the default arguments of the entrypoint, or the program where there is none; the last call wins, an
    /// empty list unsets them.
    public func cmd(_ words: [String]) throws(ChalkError) -> Image {
        try Image.make { () throws(SpecError) in try spec.cmd(words) }
    }
}
