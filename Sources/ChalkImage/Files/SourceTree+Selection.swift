internal import ChalkArchive
internal import ChalkPlan

extension SourceTree {
    /// What the patterns of a COPY select, source by source.
    ///
    /// - Parameter unmatched: told of patterns with wildcards that match nothing, which is no error.
    /// - Throws: when a path without wildcards is not there.
    func select(
        _ selection: FileOperation.Selection, unmatched: (String) -> Void
    ) throws -> [SelectedSource<Entry>] {
        let excluded = try PathPattern.matcher(selection.excludes)
        return try selection.patterns.flatMap { pattern in
            let found =
                selection.keepsParents
                ? try selectWithParents(pattern, excluded) : try select(pattern, excluded)
            if found.isEmpty {
                guard PathPattern.isOptional(pattern) else { throw missing(pattern) }
                unmatched(pattern)
            }
            return found
        }
    }

    private func select(
        _ pattern: String, _ excluded: PathPattern.Matcher?
    ) throws -> [SelectedSource<Entry>] {
        try expand(pattern).compactMap { path in
            let real = try resolve(path)
            switch look(real) {
            case .missing, .link: return nil
            case .directory:
                return SelectedSource(
                    name: [], root: real, isDirectory: true,
                    entries: try entries(below: real, leavingOut: excluded))
            case .file:
                let name = LayerPaths.name(of: path)
                let isExcluded = try excluded?(name) ?? false
                let entry = isExcluded ? nil : entry(at: real)
                return SelectedSource(
                    name: name, root: real, isDirectory: false, entries: entry.map { [$0] } ?? [])
            }
        }
    }

    private func entries(
        below directory: [UInt8], leavingOut excluded: PathPattern.Matcher?
    ) throws -> [Entry] {
        guard let excluded else { return entries(below: directory) }
        let skipped = directory.isEmpty ? 0 : directory.count + 1
        return try entries(below: directory).filter {
            try !excluded(Array(path(of: $0).dropFirst(skipped)))
        }
    }

    /// `--parents`: what a pattern matches below its root, or below the `/./` in it, with the directories between.
    private func selectWithParents(
        _ pattern: String, _ excluded: PathPattern.Matcher?
    ) throws -> [SelectedSource<Entry>] {
        let (above, below) = PathPattern.pivot(of: pattern)
        let wanted = Array(ImageTreePath.normalized(below).utf8.dropFirst())
        return try expand(above).compactMap { path in
            let root = try resolve(path)
            guard case .directory = look(root) else { return nil }
            let skipped = root.isEmpty ? 0 : root.count + 1
            let entries = try matches(of: wanted, below: root, skipped, excluded)
            if entries.isEmpty, !PathPattern.isOptional(pattern), !wanted.isEmpty,
                case .missing = look(LayerPaths.join(root, wanted))
            {
                return nil
            }
            return SelectedSource(name: [], root: root, isDirectory: true, entries: entries)
        }
    }

    private func matches(
        of wanted: [UInt8], below root: [UInt8], _ skipped: Int, _ excluded: PathPattern.Matcher?
    ) throws -> [Entry] {
        let included = try wanted.isEmpty ? nil : PathPattern.matcher(including: wanted)
        // Nothing matches but below the components without wildcards.
        let head = PathPattern.literalHead(of: wanted)
        let start = LayerPaths.join(root, head)
        var candidates = LayerPaths.ends(of: head).compactMap { end in
            entry(at: LayerPaths.join(root, Array(head[..<end])))
        }
        if case .directory = look(start) { candidates += entries(below: start) }
        var isTaken = [Bool](repeating: false, count: candidates.count)
        var parents: Set<[UInt8]> = []
        for (index, candidate) in candidates.enumerated() {
            let relative = Array(path(of: candidate).dropFirst(skipped))
            guard try included?(relative) ?? true, try !(excluded?(relative) ?? false) else { continue }
            isTaken[index] = true
            for end in LayerPaths.ends(of: relative).dropLast() { parents.insert(Array(relative[..<end])) }
        }
        return candidates.indices.filter { index in
            isTaken[index] || parents.contains(Array(path(of: candidates[index]).dropFirst(skipped)))
        }.map { candidates[$0] }
    }

    /// The paths that a pattern matches. Links are followed before its first wildcard only.
    private func expand(_ pattern: String) throws -> [[UInt8]] {
        let path = Array(ImageTreePath.normalized(pattern).utf8.dropFirst())
        guard PathPattern.hasWildcards(pattern) else { return [path] }
        let head = PathPattern.literalHead(of: path)
        var found = [try resolve(head)]
        for component in path.dropFirst(head.count).split(separator: UInt8(ascii: "/")) {
            let part = try PathPattern(Array(component))
            found = try found.flatMap { directory in
                try names(in: directory).filter { try part.matches($0) }.map {
                    LayerPaths.join(directory, $0)
                }
            }
        }
        return found
    }
}
