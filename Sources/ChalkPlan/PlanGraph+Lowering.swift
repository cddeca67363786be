internal import ChalkDockerfile
package import ChalkOCI

extension PlanGraph {
    /// Lowers a definition: expands every word and finds every stage.
    ///
    /// - Parameter base: the config of an image that a stage starts from; called once for each such stage that the
    ///   target needs.
    /// - Throws: ``PlanError`` or `DockerfileError` with the place; what `base` throws.
    package static func lower(
        _ definition: Definition, _ request: PlanRequest, base: (Reference) throws -> RuntimeConfig
    ) throws -> PlanGraph {
        var lowering = Lowering(definition: definition, request: request)
        let target = try lowering.target()
        for index in lowering.needed(by: target) { try lowering.lowerStage(index, base: base) }
        for name in request.buildArguments.keys.sorted() where !lowering.declared.contains(name) {
            if !Lowering.proxyArguments.contains(name) {
                lowering.warnings.append(
                    "the build argument \(name) is declared by no ARG, so nothing uses it")
            }
        }
        return PlanGraph(
            stages: (0...target).map { lowering.lowered[$0] ?? .unneeded }, target: target,
            warnings: lowering.warnings)
    }
}

extension PlanGraph.Stage {
    /// Stands in for a stage that the target does not need.
    fileprivate static let unneeded = PlanGraph.Stage(
        base: .scratch, name: nil, steps: [], runtime: RuntimeConfig(), author: nil)
}

private struct Lowering {
    /// ARGs that need no declaration and stay out of keys and history (BuildKit's predefined ones).
    static let proxyArguments: Set<String> = [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY",
        "no_proxy", "ALL_PROXY", "all_proxy", "SOURCE_DATE_EPOCH",
    ]

    let definition: Definition
    let request: PlanRequest
    var lowered: [Int: PlanGraph.Stage] = [:]
    var declared: Set<String> = []
    var warnings: [String] = []

    func target() throws(PlanError) -> Int {
        guard let name = request.target else { return definition.stages.count - 1 }
        guard let index = definition.stage(named: name, before: definition.stages.count) else {
            throw PlanError(
                .invalid, at: nil,
                "there is no stage \"\(name)\" to build; name one that a FROM ... AS begins")
        }
        return index
    }

    /// The stages that `target` starts from or copies from, earlier first, itself last.
    func needed(by target: Int) -> [Int] {
        var needed: Set<Int> = []
        var open = [target]
        while let index = open.popLast() {
            guard needed.insert(index).inserted else { continue }
            let stage = definition.stages[index]
            if let parent = definition.stage(named: stage.from.base, before: index) { open.append(parent) }
            for case .instruction(let parsed) in stage.items {
                if case .copy(let copy) = parsed.instruction, let from = copy.from,
                    let source = definition.stage(named: from, before: index)
                {
                    open.append(source)
                }
                if case .run(let run) = parsed.instruction {
                    open += run.mounts.compactMap(\.from).compactMap {
                        definition.stage(named: $0, before: index)
                    }
                }
            }
        }
        return needed.sorted()
    }

    mutating func lowerStage(_ index: Int, base: (Reference) throws -> RuntimeConfig) throws {
        let stage = definition.stages[index]
        let metaValues = try self.metaValues()
        let expanded = try from(stage, metaValues)
        if let platform = expanded.platform, let wanted = Platform(platform),
            !request.platform.accepts(wanted)
        {
            throw PlanError(
                .unsupported, at: stage.place,
                "the stage is for \(platform), but the build is for \(request.platform); several platforms in one build are not supported"
            )
        }
        var builder: StageBuilder
        let below: PlanGraph.Base
        var triggers: [String] = []
        if let parent = definition.stage(named: expanded.base, before: index), let done = lowered[parent] {
            below = .stage(parent)
            builder = stageBuilder(on: done.runtime, stage)
        } else if expanded.base == "scratch" {
            below = .scratch
            builder = stageBuilder(on: .scratch, stage)
        } else {
            let reference: Reference
            do {
                reference = try Reference(parsing: expanded.base)
            } catch {
                throw PlanError(.invalid, at: stage.place ?? "baseImage", error.description)
            }
            let runtime = try base(reference)
            below = .image(reference)
            triggers = runtime.onBuild
            builder = stageBuilder(on: runtime, stage)
        }
        builder.runtime.onBuild = []
        var context = StageContext(
            definition: definition, stage: index, metaValues: metaValues, request: request)
        for (number, trigger) in triggers.enumerated() {
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
        warnings += context.warnings
        lowered[index] = PlanGraph.Stage(
            base: below, name: stage.from.alias, steps: builder.steps, runtime: builder.runtime,
            author: builder.author)
    }

    private func stageBuilder(on runtime: RuntimeConfig, _ stage: Definition.Stage) -> StageBuilder {
        var builder = StageBuilder(
            on: runtime, followsTree: stage.readsTree, isolatesNetwork: request.isolatesNetwork)
        builder.hosts = request.hosts
        return builder
    }

    /// FROM with the ARGs before it put in; a spec's own base is taken as it is.
    private func from(_ stage: Definition.Stage, _ values: [String: String]) throws -> FromInstruction {
        guard let place = stage.place else { return stage.from }
        let lookup = request.platformArguments.merging(values) { _, new in new }
        do throws(DockerfileError) {
            let expanded = try Instruction.from(stage.from).expanding(
                with: { lookup[$0] }, escape: stage.escape)
            if case .from(let from) = expanded { return from }
            return stage.from
        } catch {
            throw PlanError(.invalid, at: place, error.message)
        }
    }

    /// The values of the ARGs before the first FROM.
    private mutating func metaValues() throws -> [String: String] {
        var values: [String: String] = [:]
        for parsed in definition.metaArguments {
            guard case .arg(let arg) = parsed.instruction else { continue }
            for argument in arg.arguments {
                declared.insert(argument.name)
                let known = request.platformArguments.merging(values) { _, new in new }
                let context = StageContext(
                    definition: definition, stage: 0, metaValues: [:], request: request)
                if let value = try context.value(of: argument, parsed, { known[$0] }) {
                    values[argument.name] = value
                }
            }
        }
        return values
    }
}

/// What the instructions of one stage look up outside of it, and what they leave for the plan.
struct StageContext {
    let definition: Definition
    let stage: Int
    /// ARGs before the first FROM.
    let metaValues: [String: String]
    let request: PlanRequest
    /// Names that an ARG of the stage declares.
    var declared: Set<String> = []
    var warnings: [String] = []

    /// The value that ARG gives to a name.
    func value(
        of argument: ArgInstruction.Argument, _ parsed: ParsedInstruction,
        _ lookup: @escaping (String) -> String?
    ) throws -> String? {
        if let value = request.buildArguments[argument.name] { return value }
        do throws(DockerfileError) {
            if let value = try argument.expandedDefault(with: lookup, escape: parsed.escape) { return value }
        } catch {
            throw PlanError(.invalid, at: "\(parsed.file):\(parsed.line)", error.message)
        }
        return metaValues[argument.name] ?? request.platformArguments[argument.name]
    }
}
