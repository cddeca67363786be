internal import ChalkArchive
internal import ChalkContext
internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSystem

/// Finds the entries that a step puts into its layer, for a build and for a plan alike.
final class StepFiles {
    private let session: BuildSession
    private let context: BuildContext
    private var stages: [Int: [BuiltLayer]] = [:]
    private var selection: ContextSelection?
    /// What was warned about already; several steps may read one directory.
    private var warned: Set<WarnedLine> = []

    /// A line of an ignore file and what is the matter with it.
    private struct WarnedLine: Hashable {
        let directory: String
        let subject: IgnoreWarning.Subject
    }

    init(session: BuildSession, context: BuildContext) {
        self.session = session
        self.context = context
    }

    /// Notes what a stage became, for steps that copy from it.
    func note(_ layers: [BuiltLayer], of stage: Int) {
        stages[stage] = layers
    }

    /// The entries of each layer of a step that makes layers without running anything.
    ///
    /// - Parameter tree: the merged view of the layers below; called only where the step needs it.
    func parts(
        of step: Step, on state: BuiltStage, tree: ([BuiltLayer]) throws -> StackIndex
    ) throws -> [StepEntries] {
        let entries = try entries(of: step, on: state, tree: tree)
        guard case .files(let operation) = step.operation, operation.isSplit || session.options.splitsLayers
        else { return [entries] }
        return entries.parts
    }

    /// The entries of a step that makes a layer without running anything.
    ///
    /// - Parameter tree: the merged view of the layers below; called only where the step needs it.
    private func entries(
        of step: Step, on state: BuiltStage, tree: ([BuiltLayer]) throws -> StackIndex
    ) throws -> StepEntries {
        let empty = StepEntries(mtime: session.options.epoch.seconds, place: place(of: step))
        switch step.operation {
        case .files(let operation):
            let passesLink = operation.items.contains { TreeBelow.passesUsualLink($0.destination) }
            let below = try self.tree(below: state, reads: operation.followsTree || passesLink, tree)
            let owner = try operation.owner.map { try self.owner($0, implied: .sameNumber, state.layers) }
            return try FilePlacement.entries(
                of: operation, owner: owner, on: below, into: empty, sources: sources())
        case .directories(let operation):
            let passesLink = operation.paths.contains { TreeBelow.passesUsualLink($0) }
            let reads = operation.followsTree || passesLink || operation.owner != nil
            return try FilePlacement.entries(
                of: operation, on: try self.tree(below: state, reads: reads, tree),
                owner: { try self.owner($0, implied: .primary, state.layers) }, into: empty,
                sources: sources())
        case .run, .config: return empty
        }
    }

    /// Looks at the ignore files of the directories that a step adds, for a plan that cannot know its entries yet.
    func checkIgnoreFiles(of step: Step) throws {
        guard case .files(let operation) = step.operation else { return }
        for item in operation.items {
            guard case .localDirectory(let path, let exclude) = item.source else { continue }
            let options = ContextWalker.Options(
                exclude: exclude.map { Array($0.utf8) }, findsDifferences: true)
            let root = try FileDescriptor.directory(path)
            for warning in try ContextWalker(options: options).walk(root, { _, _ in }) { warn(warning, path) }
        }
    }

    private func warn(_ warning: IgnoreWarning, _ directory: String) {
        guard warned.insert(WarnedLine(directory: directory, subject: warning.subject)).inserted else {
            return
        }
        session.report(.warning(warning.description(of: directory)))
    }

    /// Names a step's sources and destinations, so that what was seen of them is found the next time.
    private func place(of step: Step) -> Digest {
        var words = [
            "place 1", session.settings.format, String(session.options.epoch.seconds),
            context.directory ?? "",
        ]
        switch step.operation {
        case .files(let operation):
            words.append(operation.owner ?? "")
            for item in operation.items {
                words.append("\(item.destination) \(item.mode ?? 0) \(item.isDirectory)")
                switch item.source {
                case .bytes, .lz4Frame: break
                case .localFile(let path): words.append(path)
                case .localDirectory(let path, let exclude): words += [path] + exclude
                case .context(let patterns, let exclude): words += patterns + [""] + exclude
                case .stage(let stage, let paths, let exclude):
                    words += [String(stage)] + paths + [""] + exclude
                }
            }
        case .directories(let operation): words += operation.paths
        case .run, .config: break
        }
        return Digest.of(Array(words.joined(separator: "\0").utf8))
    }

    /// The group of a user that comes without one.
    private enum ImpliedGroup {
        /// COPY --chown=1000 means 1000:1000.
        case sameNumber
        /// That of the image's /etc/passwd, else 0.
        case primary
    }

    /// Who `user[:group]` is, by the image's own /etc/passwd and /etc/group where numbers do not say it all.
    private func owner(
        _ text: String, implied: ImpliedGroup, _ layers: [BuiltLayer]
    ) throws -> FileOperation.Owner {
        if let owner = FileOperation.Owner(text),
            owner.uid == 0 || implied == .sameNumber || text.contains(":")
        {
            return owner
        }
        func read(_ path: String) throws -> [UInt8] {
            let found = try? StageFiles(session: session, layers: layers).select([path], exclude: [])
            guard case .file(_, let size, .spooled(let spool, let start))? = found?.first?.entry.content,
                size < 16 << 20
            else { return [] }
            var bytes = [UInt8](repeating: 0, count: Int(size))
            try spool.read(into: &bytes, offset: 0, count: bytes.count, at: start)
            return bytes
        }
        let user = try StepUser(text, passwd: try read("/etc/passwd"), group: try read("/etc/group"))
        return FileOperation.Owner(uid: user.uid, gid: user.gid)
    }

    private func tree(
        below state: BuiltStage, reads: Bool, _ tree: ([BuiltLayer]) throws -> StackIndex
    ) throws -> TreeBelow {
        if reads { return .indexed(try tree(state.layers)) }
        return state.isEmptyBelow ? .empty : .assumed
    }

    private func sources() -> FilePlacement.Sources {
        FilePlacement.Sources(
            context: { [self] in
                if let selection { return selection }
                let found = try context.selection()
                for warning in found.warnings { session.report(.warning(warning)) }
                selection = found
                return found
            },
            decodeLZ4: { try Decompressor.lz4Decode($0, limit: 64 << 20) },
            stage: { [self] stage, paths, exclude in
                try StageFiles(session: session, layers: stages[stage] ?? []).select(paths, exclude: exclude)
            },
            warn: { [self] in warn($0, $1) })
    }
}
