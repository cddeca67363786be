internal import ChalkDockerfile
internal import ChalkOCI

extension StageBuilder {
    /// ADD: COPY from the build context that also unpacks archives and fetches URLs and repositories.
    mutating func apply(_ add: AddInstruction, title: String, _ place: String) throws(PlanError) {
        var destination = try CopyDestination(
            add.operands, chown: add.chown, chmod: add.chmod, isLinked: add.link, in: self, place)
        var sources: [FileOperation.Source] = []
        for path in add.operands.paths { sources.append(try source(path, add, place)) }
        try StageBuilder.check(add, sources, place)
        for source in StageBuilder.joined(sources) { destination.add(source) }
        destination.add(inline: add.operands.inlineFiles)
        append(destination.step(.add, title, place))
    }

    private func source(
        _ path: String, _ add: AddInstruction, _ place: String
    ) throws(PlanError) -> FileOperation.Source {
        do throws(GitSource.Malformed) {
            if let repository = try GitSource(path) {
                let source = try repository.with(
                    checksum: add.checksum, keepsGitDirectory: add.keepGitDirectory)
                return .selection(
                    FileOperation.Selection(["/"], of: .repository(source), excludes: add.excludes))
            }
        } catch {
            throw PlanError(.invalid, at: place, error.reason)
        }
        if path.hasPrefix("http://") || path.hasPrefix("https://") {
            return .download(
                Download(
                    url: path, name: StageBuilder.fileName(in: path),
                    checksum: try add.checksum.map { text throws(PlanError) in
                        if let digest = Digest(text) { return digest }
                        throw PlanError(
                            .invalid, at: place,
                            "--checksum of a URL is sha256: and 64 lower-case hexadecimal digits, not \"\(text)\""
                        )
                    }), unpacks: add.unpack ?? false)
        }
        return .selection(
            FileOperation.Selection(
                [path], of: .context, excludes: add.excludes, unpacks: add.unpack ?? true))
    }

    /// Refuses flags that would do nothing.
    private static func check(
        _ add: AddInstruction, _ sources: [FileOperation.Source], _ place: String
    ) throws(PlanError) {
        let remotes = sources.filter { source in
            switch source {
            case .download: true
            case .selection(let selection): selection.tree != .context
            default: false
            }
        }
        if add.checksum != nil, sources.count != 1 || remotes.count != 1 {
            throw PlanError(
                .invalid, at: place, "--checksum needs exactly one source, a URL or a git repository")
        }
    }

    /// Neighbours of the build context as one, so that it is walked for them together.
    private static func joined(_ sources: [FileOperation.Source]) -> [FileOperation.Source] {
        var joined: [FileOperation.Source] = []
        for source in sources {
            if case .selection(let next) = source, next.tree == .context,
                case .selection(let last)? = joined.last, last.tree == .context
            {
                joined[joined.count - 1] = .selection(
                    FileOperation.Selection(
                        last.patterns + next.patterns, of: .context, excludes: last.excludes,
                        unpacks: last.unpacks))
            } else {
                joined.append(source)
            }
        }
        return joined
    }

    /// The last part of a URL's path, as BuildKit names the file.
    private static func fileName(in url: String) -> String {
        let path = url.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "?" && $0 != "#" }.drop { $0 != "/" }
        let parts = PercentEncoding.decode(path).split(separator: "/")
        guard let name = parts.last, name != ".", name != ".." else { return "__unnamed__" }
        return String(name)
    }
}
