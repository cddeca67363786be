/// A Dockerfile as the checks see it: cut, checked, and its stages walked through with default values.
struct LintedFile {
    let options: LintOptions
    let syntax: DockerfileSyntax
    /// In the order of the file, up to the first that is refused.
    let instructions: [ParsedInstruction]
    /// Nil where an instruction is refused or there is no FROM.
    let dockerfile: Dockerfile?
    /// What FROM can see when no build argument is given.
    let defaults: GlobalVariables?
    /// What FROM can see.
    let globals: GlobalVariables?
    /// The stages that were walked, in the order of the file.
    let stages: [LintedStage]
    /// Why the file cannot be built, and whether that is for what it says and not only for its words.
    let failure: DockerfileError?
    var isReadable: Bool { dockerfile != nil }

    init(_ syntax: DockerfileSyntax, _ options: LintOptions) {
        self.syntax = syntax
        self.options = options
        var instructions: [ParsedInstruction] = []
        var walk: StageWalk?
        var dockerfile: Dockerfile?
        var failure: DockerfileError?
        do throws(DockerfileError) {
            for instruction in syntax.instructions {
                instructions.append(
                    try ParsedInstruction(instruction, file: syntax.name, escape: syntax.escape))
            }
            let read = try Dockerfile(syntax)
            dockerfile = read
            walk = try StageWalk(read, options)
            try walk?.run()
        } catch {
            failure = error
        }
        self.instructions = instructions
        self.dockerfile = dockerfile
        defaults = dockerfile.flatMap { try? GlobalVariables($0, options, buildArguments: [:]) }
        globals = walk?.globals
        stages = walk?.stages ?? []
        self.failure = failure
    }

    /// The stages in their order from the bottom that make up the target, itself last.
    var targetLineage: [LintedStage] {
        guard let dockerfile else { return [] }
        let target = options.target.flatMap { dockerfile.stages.resolve($0) } ?? dockerfile.stages.last
        let byIndex = Dictionary(uniqueKeysWithValues: stages.map { ($0.stage.index, $0) })
        var lineage: [LintedStage] = []
        var next = target?.index
        while let index = next, let stage = byIndex[index] {
            lineage.append(stage)
            next = stage.parent
        }
        return lineage.reversed()
    }
}

/// What FROM can see: the platform arguments, and the ARGs before the first FROM.
struct GlobalVariables {
    private(set) var scope = VariableScope()
    /// Names of those ARGs, with or without a value.
    private(set) var declared: Set<String> = []

    init(
        _ file: Dockerfile, _ options: LintOptions, buildArguments: [String: String]
    ) throws(DockerfileError) {
        let target = options.target ?? file.stages.last?.alias ?? "default"
        for (name, value) in PlatformArguments.values(target: options.platform, stage: target) {
            scope.set(name, to: options.buildArguments[name] ?? value)
        }
        for parsed in file.metaArgs {
            guard case .arg(let arg) = parsed.instruction else { continue }
            for argument in arg.arguments {
                declared.insert(argument.name)
                let known = scope
                do throws(DockerfileError) {
                    var value = buildArguments[argument.name]
                    if value == nil {
                        value = try argument.expandedDefault(with: { known[$0] }, escape: parsed.escape)
                    }
                    if let value { scope.set(argument.name, to: value) }
                } catch {
                    throw error.at(file: parsed.file, line: parsed.line)
                }
            }
        }
    }
}
