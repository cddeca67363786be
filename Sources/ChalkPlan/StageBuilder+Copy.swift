internal import ChalkDockerfile

extension StageBuilder {
    /// COPY from the build context, an earlier stage, or the Dockerfile itself.
    mutating func apply(
        _ copy: CopyInstruction, title: String, _ place: String, _ context: StageContext
    ) throws(PlanError) {
        if copy.parents { throw PlanError(.unsupported, at: place, "COPY --parents is not supported yet") }
        var stage: Int?
        if let from = copy.from {
            guard let index = context.definition.stage(named: from, before: context.stage) else {
                throw PlanError(
                    .unsupported, at: place,
                    "COPY --from=\(from) names no earlier stage; copying from images and named contexts is not supported yet"
                )
            }
            stage = index
        }
        try put(
            copy.operands, stage: stage, chown: copy.chown, chmod: copy.chmod, excludes: copy.excludes,
            kind: .copy, title: title, place)
    }

    /// ADD of plain files; what only ADD can do is an error.
    mutating func apply(_ add: AddInstruction, title: String, _ place: String) throws(PlanError) {
        for path in add.operands.paths {
            if path.contains("://") || path.hasPrefix("git@") {
                throw PlanError(
                    .unsupported, at: place, "ADD of a URL or git repository is not supported yet: \(path)")
            }
            if add.unpack != false, FileOperation.looksLikeArchive(path) {
                throw PlanError(
                    .unsupported, at: place,
                    "ADD of an archive is not supported yet: \(path); unpack it with RUN, or write COPY")
            }
        }
        if add.checksum != nil || add.keepGitDirectory != nil || add.unpack == true {
            throw PlanError(
                .unsupported, at: place,
                "ADD with --checksum, --keep-git-dir or --unpack is not supported yet")
        }
        try put(
            add.operands, stage: nil, chown: add.chown, chmod: add.chmod, excludes: add.excludes, kind: .add,
            title: title, place)
    }

    private mutating func put(
        _ operands: CopyOperands, stage: Int?, chown: String?, chmod: String?, excludes: [String],
        kind: Step.Kind, title: String, _ place: String
    ) throws(PlanError) {
        var mode: UInt32?
        if let chmod {
            guard let bits = UInt32(chmod, radix: 8), bits <= 0o7777 else {
                throw PlanError(
                    .unsupported, at: place,
                    "--chmod=\(chmod) is not supported yet; give an octal mode such as 0755")
            }
            mode = bits
        }
        let several = operands.paths.count + operands.inlineFiles.count > 1
        let isDirectory =
            several || operands.destination.hasSuffix("/") || operands.destination.hasSuffix("/.")
            || operands.destination == "."
        if several, !operands.destination.hasSuffix("/"), operands.destination != "." {
            throw PlanError(
                .invalid, at: place,
                "several sources need a destination that ends in /; write \"\(operands.destination)/\"")
        }
        let destination = absolute(operands.destination)
        var items: [FileOperation.Item] = []
        if !operands.paths.isEmpty {
            items.append(
                FileOperation.Item(
                    source: stage.map { .stage($0, operands.paths, exclude: excludes) }
                        ?? .context(operands.paths, exclude: excludes),
                    destination: destination, mode: mode, isDirectory: isDirectory))
        }
        for file in operands.inlineFiles {
            items.append(
                FileOperation.Item(
                    source: .bytes(file.contents),
                    destination: isDirectory
                        ? ImageTreePath.normalized("\(destination)/\(file.name)") : destination,
                    mode: mode ?? 0o644))
        }
        append(
            Step(
                kind: kind, title: title, createdBy: title, origin: place,
                operation: .files(FileOperation(items: items, owner: chown, followsTree: true))))
    }
}

extension FileOperation {
    /// Whether ADD would unpack it, by its name. The content decides in the end, but nobody calls text `x.tar.gz`.
    static func looksLikeArchive(_ path: String) -> Bool {
        [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst"].contains {
            path.lowercased().hasSuffix($0)
        }
    }

    /// Owner and group by number.
    package struct Owner: Hashable, Sendable {
        /// User.
        package let uid: UInt32
        /// Group.
        package let gid: UInt32

        /// An owner by its numbers.
        package init(uid: UInt32, gid: UInt32) {
            self.uid = uid
            self.gid = gid
        }

        /// `1000`, `1000:1000`, `root`, `0:root`; nil for other names. A missing group is the user's number.
        package init?(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            func number(_ part: Substring) -> UInt32? { part == "root" ? 0 : UInt32(part) }
            guard let first = parts.first, let uid = number(first) else { return nil }
            guard parts.count > 1 else {
                self.uid = uid
                gid = uid
                return
            }
            guard let gid = number(parts[1]) else { return nil }
            self.uid = uid
            self.gid = gid
        }
    }
}
