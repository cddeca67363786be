internal import ChalkContext
internal import ChalkDockerfile
internal import ChalkPlan
internal import ChalkSpec
internal import ChalkSystem

/// The part of a Dockerfile's own build context that goes along when a spec is compiled.
struct CompiledContext {
    private let tree: HostTree
    private let entries: [Int]

    /// The context that the instructions of a spec copy from; nil where none does.
    init?(_ image: Image) throws {
        guard case .dockerfile = image.spec.base,
            try Definition(image.spec).stages.contains(where: { $0.items.contains { $0.readsContext } })
        else { return nil }
        tree = try BuildContext(image, BuildOptions()).tree()
        entries = tree.entries(below: [])
    }

    private func holds(_ name: String) -> Bool { tree.listing.index(of: Array(name.utf8)) != nil }

    /// A directory beside the Dockerfile that the context has nothing at.
    var attachmentDirectory: String {
        let others = (2...).lazy.map { "files-\($0)" }
        return holds("files") ? others.first { !holds($0) } ?? "files" : "files"
    }

    /// Copies the context, but for the Dockerfile itself, and keeps the ignore file from hiding attachments.
    func write(to directory: borrowing FileDescriptor, attachments: String?) throws {
        let root = try FileDescriptor.directory(tree.directory.path)
        try TreeCopy.copy(
            entries.map { tree.listing.entry($0) }.filter { $0.path != Array("Dockerfile".utf8) },
            from: root,
            named: tree.directory.path, to: directory)
        let ignoreFile = ".dockerignore"
        if holds(ignoreFile) {
            guard let attachments else { return }
            var text = try FileSystem.read("\(tree.directory.path)/\(ignoreFile)", limit: 16 << 20)
            text += Array("\n!\(attachments)\n!\(attachments)/**\n".utf8)
            try AtomicFile.write(text, to: ignoreFile, in: directory)
        } else if !holds("Dockerfile") {
            try AtomicFile.write(Array("Dockerfile\n\(ignoreFile)\n".utf8), to: ignoreFile, in: directory)
        }
    }
}

extension Definition.Item {
    /// Whether it takes files from the build context.
    fileprivate var readsContext: Bool {
        guard case .instruction(let parsed) = self else { return false }
        return switch parsed.instruction {
        case .copy(let copy): copy.from == nil && !copy.operands.paths.isEmpty
        case .add(let add): !add.operands.paths.isEmpty
        default: false
        }
    }
}
