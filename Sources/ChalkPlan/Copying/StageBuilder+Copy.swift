internal import ChalkDockerfile

extension StageBuilder {
    /// COPY from the build context, a stage, an image, a named context, or the Dockerfile itself.
    mutating func apply(
        _ copy: CopyInstruction, title: String, _ place: String, _ context: inout StageContext
    ) throws(PlanError) {
        let tree = try copy.from.map { name throws(PlanError) in try context.tree(named: name, place) }
        for path in copy.operands.paths { try StageBuilder.refuseRemote(path, place) }
        var destination = try CopyDestination(
            copy.operands, chown: copy.chown, chmod: copy.chmod, isLinked: copy.link, in: self, place)
        if !copy.operands.paths.isEmpty {
            destination.add(
                .selection(
                    FileOperation.Selection(
                        copy.operands.paths, of: tree ?? .context, excludes: copy.excludes,
                        keepsParents: copy.parents)))
        }
        destination.add(inline: copy.operands.inlineFiles)
        append(destination.step(.copy, title, place))
    }

    private static func refuseRemote(_ path: String, _ place: String) throws(PlanError) {
        do throws(GitSource.Malformed) {
            if try GitSource(path) == nil, !path.hasPrefix("http://"), !path.hasPrefix("https://") { return }
        } catch {
            throw PlanError(.invalid, at: place, error.reason)
        }
        throw PlanError(
            .invalid, at: place, "COPY takes no URL or git repository: \(path); write ADD instead")
    }
}

/// Where COPY and ADD put things, and how.
struct CopyDestination {
    private let path: String
    private let isDirectory: Bool
    private let mode: ModeChange?
    private let owner: String?
    private let isLinked: Bool
    private var items: [FileOperation.Item] = []

    init(
        _ operands: CopyOperands, chown: String?, chmod: String?, isLinked: Bool, in builder: StageBuilder,
        _ place: String
    ) throws(PlanError) {
        let text = operands.destination
        isDirectory = text.hasSuffix("/") || text.hasSuffix("/.") || text == "."
        if operands.paths.count + operands.inlineFiles.count > 1, !text.hasSuffix("/"), text != "." {
            throw PlanError(
                .invalid, at: place,
                "several sources need a destination that ends in /; write \"\(text)/\"")
        }
        path = builder.absolute(text)
        owner = chown
        mode = try chmod.map { text throws(PlanError) in
            if let mode = ModeChange(text) { return mode }
            throw PlanError(
                .invalid, at: place,
                "--chmod=\(text) is no mode; write an octal one up to 7777, or clauses such as u=rwX,go=rX")
        }
        // BuildKit makes an ordinary copy of it then.
        self.isLinked = isLinked && chmod == nil
    }

    mutating func add(_ source: FileOperation.Source) {
        items.append(
            FileOperation.Item(source: source, destination: path, mode: mode, isDirectory: isDirectory))
    }

    mutating func add(inline files: [InlineFile]) {
        for file in files { add(.inline(name: file.name, file.contents)) }
    }

    func step(_ kind: Step.Kind, _ title: String, _ place: String) -> Step {
        Step(
            kind: kind, title: title, createdBy: title, origin: place,
            operation: .files(
                FileOperation(items: items, owner: owner, followsTree: !isLinked, isLinked: isLinked)))
    }
}
