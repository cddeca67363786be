package import ChalkDockerfile
package import ChalkSpec

/// A spec cut into stages, before any variable is expanded or any base is known.
package struct Definition: Sendable {
    /// One instruction of a stage.
    package enum Item: Sendable {
        /// ENV and WORKDIR of the spec.
        case begin
        /// A step of the spec; `number` counts from 0.
        case step(BuildStep, number: Int)
        /// An instruction of a Dockerfile.
        case instruction(ParsedInstruction)
        /// ENTRYPOINT and CMD of the spec.
        case end
    }

    /// A FROM with what follows it.
    package struct Stage: Sendable {
        /// What FROM names, unexpanded; for a spec without a Dockerfile its base.
        package var from: FromInstruction
        /// `Dockerfile:1`, or nil for a spec's own base.
        package var place: String?
        /// Escape character of the text it stands in.
        package var escape: EscapeCharacter
        /// In order.
        package var items: [Item]
    }

    /// The spec.
    package let spec: ImageSpec
    /// ARGs before the first FROM.
    package let metaArguments: [ParsedInstruction]
    /// At least one.
    package private(set) var stages: [Stage]

    /// Cuts a spec into stages. `dockerfileCommands` may begin new ones; what follows belongs to the last.
    package init(_ spec: ImageSpec) throws(DockerfileError) {
        self.spec = spec
        switch spec.base {
        case .reference(let base):
            metaArguments = []
            stages = [
                Stage(from: FromInstruction(base: base), place: nil, escape: .backslash, items: [.begin])
            ]
        case .dockerfile(let source):
            let file = try Dockerfile.parse(source.contents, name: source.path)
            metaArguments = file.metaArgs
            stages = file.stages.map { Stage($0) }
            append(.begin)
        }
        for (number, step) in spec.steps.enumerated() {
            guard case .dockerfileCommands(let lines) = step.kind else {
                append(.step(step, number: number))
                continue
            }
            let name = step.origin.jsonPath ?? "steps[\(number)].dockerfileCommands"
            let escape = stages.last?.escape ?? .backslash
            let fragment = try DockerfileFragment.parse(lines, name: name, escape: escape)
            for instruction in fragment.instructions { append(.instruction(instruction)) }
            stages += fragment.stages.map { Stage($0) }
        }
        append(.end)
    }

    private mutating func append(_ item: Item) {
        stages[stages.count - 1].items.append(item)
    }

    /// The index of the stage that `name` means among those before `limit`: a name in any case, or a number.
    package func stage(named name: String, before limit: Int) -> Int? {
        let lower = name.lowercased()
        if let index = stages[..<limit].lastIndex(where: { $0.from.alias == lower }) { return index }
        guard let number = Int(name), name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return stages[..<limit].indices.contains(number) ? number : nil
    }
}

extension Definition.Stage {
    init(_ stage: ChalkDockerfile.Stage) {
        self.init(
            from: stage.from, place: "\(stage.opening.file):\(stage.opening.line)",
            escape: stage.opening.escape, items: stage.instructions.map { .instruction($0) })
    }

    /// Whether anything of the stage runs a command or comes from a Dockerfile, so that the layers below it are
    /// read in any case: see `docs/decisions/0001`.
    var readsTree: Bool {
        if place != nil { return true }
        return items.contains { item in
            switch item {
            case .begin, .end: false
            case .instruction(let parsed):
                switch parsed.instruction {
                case .run, .copy, .add, .workdir, .volume: true
                default: false
                }
            case .step(let step, _):
                switch step.kind {
                case .addFile, .addLocalFile, .addLocalDir: false
                default: true
                }
            }
        }
    }
}
