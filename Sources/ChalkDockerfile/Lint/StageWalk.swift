/// Goes through stages as a build would, without running anything.
struct StageWalk {
    /// What a stage hands to those that start from it.
    private struct State {
        /// ARG and ENV, the later one over the earlier.
        var scope = VariableScope()
        /// ENV alone, as the image config has it.
        var environment = VariableScope()
        /// Names of ENV whose value an ARG hides until the stage ends.
        var hidden: Set<String> = []
        /// Names of ARGs, with or without a value.
        var declared: Set<String> = []
        var hasShell = false
        var hasWorkdir = false
        /// What ONBUILD of this stage leaves.
        var triggers: [String] = []

        mutating func setEnvironment(_ name: String, to value: String) {
            environment.set(name, to: value)
            scope.set(name, to: value)
            hidden.remove(name)
        }

        mutating func setArgument(_ name: String, to value: String) {
            scope.set(name, to: value)
            if environment[name] != nil { hidden.insert(name) }
        }
    }

    /// What images have that say nothing.
    private static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    let globals: GlobalVariables
    private(set) var stages: [LintedStage] = []
    private let file: Dockerfile
    private let options: LintOptions
    private var states: [Int: State] = [:]

    /// Reads every FROM.
    init(_ file: Dockerfile, _ options: LintOptions) throws(DockerfileError) {
        self.file = file
        self.options = options
        globals = try GlobalVariables(file, options, buildArguments: options.buildArguments)
    }

    /// Walks the stages that the target needs.
    mutating func run() throws(DockerfileError) {
        var named: [String: Int] = [:]
        for stage in file.stages {
            stages.append(try open(stage, named))
            try check(stage)
            if let name = stage.alias { named[name] = stage.index }
        }
        let needed = try needed(stages)
        stages.removeAll { !needed.contains($0.stage.index) }
        for position in stages.indices { try walk(position) }
    }

    /// - Parameter named: the stages before it.
    private func open(_ stage: Stage, _ named: [String: Int]) throws(DockerfileError) -> LintedStage {
        let lexer = WordLexer(escape: stage.opening.escape)
        let scope = globals.scope
        do throws(DockerfileError) {
            let base = try lexer.word(stage.from.base, lookup: { scope[$0] })
            let platform: WordLexer.Expanded? =
                if let written = stage.from.platform {
                    try lexer.word(written, lookup: { scope[$0] })
                } else { nil }
            return LintedStage(
                stage: stage, base: base, platform: platform, parent: named[base.text.lowercased()])
        } catch {
            throw error.at(file: stage.opening.file, line: stage.opening.line)
        }
    }

    /// Refuses a FROM whose base or platform no build argument can make good any more.
    private func check(_ stage: Stage) throws(DockerfileError) {
        let scope = globals.scope
        guard case .from(let from) = try stage.opening.expanding(with: { scope[$0] }).instruction,
            let platform = from.platform
        else { return }
        if platform.split(separator: "/", omittingEmptySubsequences: false).contains("") {
            throw DockerfileError(
                .value,
                "the platform \(stage.platform ?? platform) of FROM becomes \(platform), which is none",
                file: stage.opening.file, line: stage.opening.line)
        }
    }

    private func needed(_ opened: [LintedStage]) throws(DockerfileError) -> Set<Int> {
        guard let name = options.target else { return Set(opened.map(\.stage.index)) }
        guard let target = file.stages.resolve(name) else {
            throw DockerfileError(
                .stage, "there is no stage \"\(name)\"; name one that a FROM ... AS begins", file: file.name)
        }
        var needed: Set<Int> = []
        var next = [target.index]
        while let index = next.popLast() {
            guard needed.insert(index).inserted else { continue }
            if let parent = opened[index].parent { next.append(parent) }
            for parsed in opened[index].stage.instructions {
                for source in parsed.instruction.sources {
                    if let stage = file.stages.resolve(source, before: index) { next.append(stage.index) }
                }
            }
        }
        return needed
    }

    private mutating func walk(_ position: Int) throws(DockerfileError) {
        let opened = stages[position]
        var state = start(opened)
        let triggers = state.triggers
        state.triggers = []
        defer { states[opened.stage.index] = state }
        for trigger in triggers {
            let place = opened.stage.opening
            let parsed: ParsedInstruction
            do throws(DockerfileError) {
                parsed = try Dockerfile.parseTrigger(trigger, name: place.file)
            } catch {
                throw DockerfileError(error.code, error.message, file: place.file, line: place.line)
            }
            try take(parsed, at: place, into: position, &state)
        }
        for parsed in opened.stage.instructions { try take(parsed, at: parsed, into: position, &state) }
    }

    /// Carries an instruction out; one that fails is kept too, for what can be said of it.
    private mutating func take(
        _ parsed: ParsedInstruction, at place: ParsedInstruction, into position: Int, _ state: inout State
    ) throws(DockerfileError) {
        var item = LintedInstruction(
            parsed: parsed, expanded: parsed.instruction, place: place, undefined: [],
            hasShell: state.hasShell, hasWorkdir: state.hasWorkdir)
        var missing: [String] = []
        defer {
            let scope = state.scope
            item.undefined = missing.map {
                LintedInstruction.Undefined(name: $0, near: scope.nearest(to: $0))
            }
            stages[position].instructions.append(item)
        }
        do throws(DockerfileError) {
            if case .arg(let arg) = parsed.instruction {
                try declare(arg, parsed.escape, &state, missing: &missing)
            } else {
                item.expanded = try expanded(parsed, state, missing: &missing)
                try apply(item.expanded, &state)
            }
        } catch {
            throw DockerfileError(error.code, error.message, file: place.file, line: place.line)
        }
    }

    private func start(_ opened: LintedStage) -> State {
        var state = opened.parent.flatMap { states[$0] } ?? State()
        if opened.parent == nil, opened.base.text != "scratch" {
            let known = options.base(opened.base.text)
            state.hasShell = known?.hasShell ?? false
            for line in known?.environment ?? OfficialImages.environment(of: opened.base.text) {
                let name = line.prefix { $0 != "=" }
                state.setEnvironment(String(name), to: String(line.dropFirst(name.count + 1)))
            }
        }
        if state.environment["PATH"] == nil { state.setEnvironment("PATH", to: Self.path) }
        for name in state.hidden {
            if let value = state.environment[name] { state.scope.set(name, to: value) }
        }
        state.hidden = []
        return state
    }

    private func expanded(
        _ parsed: ParsedInstruction, _ state: State, missing: inout [String]
    ) throws(DockerfileError) -> Instruction {
        let lookup = VariableLookup(state.scope)
        defer { missing += lookup.missing.filter { !state.declared.contains($0) } }
        return try parsed.instruction.expanding(with: { lookup.value(of: $0) }, escape: parsed.escape)
    }

    private func expandedDefault(
        of argument: ArgInstruction.Argument, _ escape: EscapeCharacter, _ state: State,
        missing: inout [String]
    ) throws(DockerfileError) -> String? {
        let lookup = VariableLookup(state.scope)
        defer { missing += lookup.missing.filter { !state.declared.contains($0) } }
        return try argument.expandedDefault(with: { lookup.value(of: $0) }, escape: escape)
    }

    private func declare(
        _ arg: ArgInstruction, _ escape: EscapeCharacter, _ state: inout State, missing: inout [String]
    ) throws(DockerfileError) {
        for argument in arg.arguments {
            var value = options.buildArguments[argument.name]
            if value == nil, argument.defaultValue != nil {
                value = try expandedDefault(of: argument, escape, state, missing: &missing)
            } else if value == nil {
                value = globals.scope[argument.name]
            }
            if let value { state.setArgument(argument.name, to: value) }
            state.declared.insert(argument.name)
        }
    }

    private func apply(_ instruction: Instruction, _ state: inout State) throws(DockerfileError) {
        switch instruction {
        case .env(let env):
            for variable in env.variables { state.setEnvironment(variable.name, to: variable.value) }
        case .shell: state.hasShell = true
        case .workdir: state.hasWorkdir = true
        case .onbuild(let onbuild): state.triggers.append(onbuild.expression)
        case .expose(let expose): try expose.check()
        default: break
        }
    }
}

extension Instruction {
    /// The stages, contexts or images that it takes files from.
    fileprivate var sources: [String] {
        switch self {
        case .copy(let copy): copy.from.map { [$0] } ?? []
        case .run(let run): run.mounts.compactMap(\.from)
        default: []
        }
    }
}
