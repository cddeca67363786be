/// One thing that a spec does, in order. Two steps are equal when they do the same, wherever they were written.
package struct BuildStep: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// One RUN for each string.
        case runCommands([String])
        /// One RUN that installs requirement specifiers with pip.
        case pipInstall([String])
        /// The same with uv.
        case uvPipInstall([String])
        /// One RUN that installs what a requirements file said when the spec was made.
        case pipInstallRequirements(Requirements)
        /// The same with uv.
        case uvPipInstallRequirements(Requirements)
        /// One RUN that installs Debian packages.
        case aptInstall([String])
        /// A file whose bytes are part of the spec.
        case addFile(AddFile)
        case addLocalFile(LocalFile)
        case addLocalDir(LocalDir)
        /// Dockerfile lines, verbatim.
        case dockerfileCommands([String])
        /// A uv project: pyproject.toml and uv.lock, then `uv sync`.
        case uvSync(UvSync)
        /// A kind of a later protobuf version: kept when the spec is written again, but it cannot be built.
        case unknown
    }

    package let kind: Kind
    /// What the protobuf step held beyond this version's fields.
    package let unknownFields: UnknownFields
    /// Where the step was written.
    package let origin: StepOrigin

    package init(_ kind: Kind, unknownFields: UnknownFields = UnknownFields(), origin: String? = nil) {
        self.kind = kind
        self.unknownFields = unknownFields
        self.origin = StepOrigin(jsonPath: origin)
    }

    /// The name of the kind as JSON writes it, such as `pipInstall`.
    package var name: String {
        switch kind {
        case .runCommands: "runCommands"
        case .pipInstall: "pipInstall"
        case .uvPipInstall: "uvPipInstall"
        case .pipInstallRequirements: "pipInstallFromRequirements"
        case .uvPipInstallRequirements: "uvPipInstallFromRequirements"
        case .aptInstall: "aptInstall"
        case .addFile: "addFile"
        case .addLocalFile: "addLocalFile"
        case .addLocalDir: "addLocalDir"
        case .dockerfileCommands: "dockerfileCommands"
        case .uvSync: "uvSync"
        case .unknown: "unknown"
        }
    }
}

/// Where a step was written. All origins are equal, so that a step keeps its identity in another file.
package struct StepOrigin: Hashable, Sendable {
    /// Such as `steps[2].addLocalDir`; nil for a step made in code.
    package let jsonPath: String?

    package static func == (left: StepOrigin, right: StepOrigin) -> Bool { true }

    package func hash(into hasher: inout Hasher) {}
}

/// Protobuf fields that this version does not know, as raw field bytes in the order they came.
package struct UnknownFields: Hashable, Sendable {
    /// Of the BuildStep message.
    package var step: [UInt8]
    /// Of the message inside it.
    package var body: [UInt8]

    package init(step: [UInt8] = [], body: [UInt8] = []) {
        self.step = step
        self.body = body
    }

    package var isEmpty: Bool { step.isEmpty && body.isEmpty }
}

/// A file whose bytes are part of the spec (`AddFileStep`).
package struct AddFile: Hashable, Sendable {
    /// Absolute path in the image.
    package let destination: String
    package let content: [UInt8]
    /// Permission bits, 0...0o7777; nil is 0644.
    package let mode: UInt32?

    package init(destination: String, content: [UInt8], mode: UInt32?) {
        self.destination = destination
        self.content = content
        self.mode = mode
    }
}

/// A uv project (`UvSyncStep`). The two files stay as they are on the wire: LZ4 frames.
package struct UvSync: Hashable, Sendable {
    package let pyprojectTomlLZ4: [UInt8]
    package let uvLockLZ4: [UInt8]
    /// Names for `uv sync --extra`.
    package let extras: [String]
    /// Absolute directory in the image for both files; nil is `/app`.
    package let workdir: String?

    package init(pyprojectTomlLZ4: [UInt8], uvLockLZ4: [UInt8], extras: [String], workdir: String?) {
        self.pyprojectTomlLZ4 = pyprojectTomlLZ4
        self.uvLockLZ4 = uvLockLZ4
        self.extras = extras
        self.workdir = workdir
    }
}
