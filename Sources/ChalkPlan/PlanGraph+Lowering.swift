internal import ChalkDockerfile
package import ChalkOCI

extension PlanGraph {
    /// Lowers a definition: expands every word and finds every stage.
    ///
    /// - Parameter base: the config of an image that a stage starts from, or is, and the place that names it, where it has
    ///   one; called at least once for each that the target needs.
    /// - Throws: ``PlanError`` or `DockerfileError` with the place; what `base` throws.
    package static func lower(
        _ definition: Definition, _ request: PlanRequest,
        base: (PlatformImage, _ place: String?) throws -> RuntimeConfig
    ) throws -> PlanGraph {
        try withoutActuallyEscaping(base) { base in
            var lowering = try Lowering(definition: definition, request: request, base: base)
            let target = try lowering.target()
            try lowering.lower(target)
            return try lowering.graph(target)
        }
    }
}

/// Stages on their way into a plan, each once something needs it.
private struct Lowering {
    let definition: Definition
    let request: PlanRequest
    let base: (PlatformImage, _ place: String?) throws -> RuntimeConfig
    /// What FROM sees, and an ARG without a default: the platform arguments and the ARGs before the first FROM.
    private var globals: [String: String]
    /// What the stages that are done have declared.
    private var arguments: [Int: StageArguments] = [:]
    private var implicit: ImplicitStages
    private var lowered: [Int: PlanGraph.Stage] = [:]
    private var declared: Set<String> = []
    private var warnings: [Int: [String]] = [:]

    init(
        definition: Definition, request: PlanRequest,
        base: @escaping (PlatformImage, _ place: String?) throws -> RuntimeConfig
    ) throws {
        self.definition = definition
        self.request = request
        self.base = base
        implicit = ImplicitStages(first: definition.stages.count)
        globals = request.platformArguments(lastStage: definition.stages.last?.from.alias)
        try findGlobals()
    }

    func target() throws(PlanError) -> Int {
        guard let name = request.target else { return definition.stages.count - 1 }
        guard let index = definition.stage(named: name, before: definition.stages.count) else {
            throw PlanError(
                .invalid, at: nil,
                "there is no stage \"\(name)\" to build; name one that a FROM ... AS begins")
        }
        return index
    }

    /// Lowers a stage and all that it needs.
    mutating func lower(_ index: Int) throws {
        if lowered[index] != nil { return }
        let stage = try implicit.origin(of: index).map { try lowerImplicit($0, index) } ?? lowerStage(index)
        lowered[index] = stage
        for other in stage.needs.sorted() { try lower(other) }
    }

    func graph(_ target: Int) throws -> PlanGraph {
        try refuseCircles(from: target)
        let unused = request.buildArguments.keys.sorted().filter {
            !declared.contains($0) && globals[$0] == nil && !PlatformArguments.proxies.contains($0)
                && $0 != "SOURCE_DATE_EPOCH" && !$0.hasPrefix("BUILDKIT_")
        }.map { "the build argument \($0) is declared by no ARG, so nothing uses it" }
        let warnings = warnings.sorted { $0.key < $1.key }.flatMap(\.value)
        return PlanGraph(
            stages: (0..<implicit.end).map { lowered[$0] ?? stage(.scratch, .scratch) }, target: target,
            warnings: warnings + unused)
    }

    /// Refuses stages that need each other, which no FROM can do but a COPY --from can.
    private func refuseCircles(from target: Int) throws(PlanError) {
        var done: Set<Int> = []
        func visit(_ index: Int, _ path: [Int]) throws(PlanError) {
            if path.contains(index) {
                let stage = definition.stages[index]
                throw PlanError(
                    .invalid, at: stage.place,
                    "the stage \(stage.from.alias ?? String(index)) needs itself through --from; copy from another one"
                )
            }
            if done.contains(index) { return }
            for other in lowered[index]?.needs.sorted() ?? [] { try visit(other, path + [index]) }
            done.insert(index)
        }
        try visit(target, [])
    }

    private mutating func lowerImplicit(
        _ origin: ImplicitStages.Origin, _ index: Int
    ) throws -> PlanGraph.Stage {
        switch origin {
        case .empty: return stage(.scratch, .scratch)
        case .image(let source):
            let image = PlatformImage(source, for: request.platform)
            return stage(.image(image), try base(image, implicit.place(of: index)))
        case .files(let name, let source):
            var builder = StageBuilder(on: .scratch, followsTree: false, isolatesNetwork: false)
            builder.append(
                Step(
                    kind: .copy, title: "COPY (build context \(name)) /", createdBy: "COPY \(name) /",
                    origin: nil,
                    operation: .files(
                        FileOperation(
                            items: [
                                FileOperation.Item(
                                    source: source, destination: "/", mode: nil, isDirectory: true)
                            ], owner: nil, followsTree: false))))
            return PlanGraph.Stage(
                base: .scratch, name: name, steps: builder.steps, runtime: builder.runtime, author: nil,
                platform: request.platform)
        }
    }

    private mutating func lowerStage(_ index: Int) throws -> PlanGraph.Stage {
        let stage = definition.stages[index]
        let expanded = try from(stage)
        let platform = try platform(expanded, of: stage)
        if let alias = stage.from.alias, let context = request.namedContexts[alias] {
            // A context called like a stage stands in for all of it.
            let below = try below(context, named: alias, of: stage, on: platform)
            return PlanGraph.Stage(
                base: below.base, name: alias, steps: [], runtime: below.runtime, author: nil,
                platform: platform)
        }
        let below = try below(expanded.base, of: stage, at: index, on: platform)
        var builder = StageBuilder(
            on: below.runtime, followsTree: stage.readsTree, isolatesNetwork: request.isolatesNetwork)
        builder.hosts = request.hosts
        builder.runtime.onBuild = []
        builder.arguments = below.arguments
        var context = StageContext(
            definition: definition, stage: index, globals: globals, request: request,
            implicit: implicit)
        for (number, trigger) in below.triggers.enumerated() {
            let parsed = try Dockerfile.parseTrigger(trigger, name: "ONBUILD[\(number)] of \(expanded.base)")
            try builder.apply(parsed, &context)
        }
        for item in stage.items {
            switch item {
            case .begin: builder.begin(definition.spec)
            case .end: builder.end(definition.spec)
            case .instruction(let parsed): try builder.apply(parsed, &context)
            case .step(let step, let number): try builder.apply(step, number: number)
            }
        }
        declared.formUnion(context.declared)
        warnings[index] = context.warnings
        implicit = context.implicit
        arguments[index] = builder.arguments.inherited
        return PlanGraph.Stage(
            base: below.base, name: stage.from.alias, steps: builder.steps, runtime: builder.runtime,
            author: builder.author, platform: below.platform ?? platform)
    }

    /// What FROM says that a stage is for, else what the build is for.
    private func platform(
        _ from: FromInstruction, of stage: Definition.Stage
    ) throws(PlanError) -> Platform {
        guard let text = from.platform else { return request.platform }
        guard let platform = Platform(text) else {
            throw PlanError(
                .invalid, at: stage.place, "\(text) is no platform; write one such as linux/arm64")
        }
        return request.platform.accepts(platform) ? request.platform : platform
    }

    /// A stage without steps.
    private func stage(_ base: PlanGraph.Base, _ runtime: RuntimeConfig) -> PlanGraph.Stage {
        PlanGraph.Stage(
            base: base, name: nil, steps: [], runtime: runtime, author: nil, platform: request.platform)
    }

    /// What lies below a stage.
    private struct Below {
        let base: PlanGraph.Base
        let runtime: RuntimeConfig
        /// Instructions that an image or a stage has for whoever builds on it.
        var triggers: [String] = []
        /// ARGs of a stage, which hold in those that start from it.
        var arguments = StageArguments()
        /// That of the stage below, which every stage on it has too.
        var platform: Platform?
    }

    private mutating func below(
        _ name: String, of stage: Definition.Stage, at index: Int, on platform: Platform
    ) throws -> Below {
        if let parent = definition.stage(named: name, before: index) {
            try lower(parent)
            let runtime = lowered[parent]?.runtime ?? .scratch
            return Below(
                base: .stage(parent), runtime: runtime, triggers: runtime.onBuild,
                arguments: arguments[parent] ?? StageArguments(), platform: lowered[parent]?.platform)
        }
        if name == "scratch" { return Below(base: .scratch, runtime: .scratch) }
        let reference: Reference
        do {
            reference = try Reference(parsing: name)
        } catch {
            throw PlanError(.invalid, at: stage.place ?? "baseImage", error.description)
        }
        if let context = request.namedContexts[NamedContext.name(of: reference)] {
            return try below(context, named: name, of: stage, on: platform)
        }
        return try below(.registry(reference), of: stage, on: platform)
    }

    private mutating func below(
        _ context: NamedContext, named name: String, of stage: Definition.Stage, on platform: Platform
    ) throws -> Below {
        switch context {
        case .empty: return Below(base: .scratch, runtime: .scratch)
        case .image(let source): return try below(source, of: stage, on: platform)
        case .tree, .file:
            let index = implicit.index(of: ImplicitStages.Origin(context, named: name), at: stage.place)
            try lower(index)
            return Below(base: .stage(index), runtime: .scratch)
        }
    }

    private func below(
        _ source: ImageSource, of stage: Definition.Stage, on platform: Platform
    ) throws -> Below {
        let image = PlatformImage(source, for: platform)
        let runtime = try base(image, stage.place)
        return Below(base: .image(image), runtime: runtime, triggers: runtime.onBuild)
    }

    /// FROM with the ARGs before it put in; a spec's own base is taken as it is.
    private func from(_ stage: Definition.Stage) throws -> FromInstruction {
        guard let place = stage.place else { return stage.from }
        let lookup = globals
        do throws(DockerfileError) {
            let expanded = try Instruction.from(stage.from).expanding(
                with: { lookup[$0] }, escape: stage.escape)
            if case .from(let from) = expanded { return from }
            return stage.from
        } catch {
            throw PlanError(.invalid, at: place, error.message)
        }
    }

    /// Adds the values of the ARGs before the first FROM.
    private mutating func findGlobals() throws {
        for parsed in definition.metaArguments {
            guard case .arg(let arg) = parsed.instruction else { continue }
            for argument in arg.arguments {
                declared.insert(argument.name)
                let known = globals
                let context = StageContext(
                    definition: definition, stage: 0, globals: known, request: request, implicit: implicit)
                globals[argument.name] = try context.value(of: argument, parsed) { known[$0] }
            }
        }
    }
}
