internal import ChalkDockerfile
internal import ChalkOCI

/// What the instructions of one stage look up outside of it, and what they leave for the plan.
struct StageContext {
    let definition: Definition
    let stage: Int
    /// The platform arguments and the ARGs before the first FROM.
    let globals: [String: String]
    let request: PlanRequest
    /// Images and contexts that became stages so far.
    var implicit: ImplicitStages
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
        return globals[argument.name]
    }

    /// What `COPY --from=NAME` copies from: a stage, a named context, or an image, in this order.
    mutating func tree(named name: String, _ place: String) throws(PlanError) -> FileOperation.Tree {
        switch try origin(named: name, place) {
        case .stage(let index): .stage(index)
        case .context(.tree(let tree)): tree
        case .context(let context):
            .stage(implicit.index(of: ImplicitStages.Origin(context, named: name), at: place))
        }
    }

    /// The stage that `RUN --mount=from=NAME` shows; whatever the name stands for becomes one.
    mutating func stage(named name: String, _ place: String) throws(PlanError) -> Int {
        switch try origin(named: name, place) {
        case .stage(let index): index
        case .context(let context):
            implicit.index(of: ImplicitStages.Origin(context, named: name), at: place)
        }
    }

    private enum Origin {
        case stage(Int)
        case context(NamedContext)
    }

    private func origin(named name: String, _ place: String) throws(PlanError) -> Origin {
        func invalid(_ why: String) -> PlanError { PlanError(.invalid, at: place, "--from=\(name) \(why)") }
        if let index = definition.stage(named: name, before: definition.stages.count) {
            if index == stage { throw invalid("is the stage itself; copy from another one") }
            if let alias = definition.stages[index].from.alias, let context = request.namedContexts[alias] {
                return .context(context)
            }
            return .stage(index)
        }
        if name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw invalid("is no stage: they are numbered from 0 to \(definition.stages.count - 1)")
        }
        if name == "scratch" { return .context(.empty) }
        do throws(OCIError) {
            let reference = try Reference(parsing: name)
            return .context(
                request.namedContexts[NamedContext.name(of: reference)] ?? .image(.registry(reference)))
        } catch {
            throw invalid("names no stage, and \(error.description)")
        }
    }
}
