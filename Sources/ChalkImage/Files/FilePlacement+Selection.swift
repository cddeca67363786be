internal import ChalkArchive
internal import ChalkContext
internal import ChalkPlan
internal import ChalkSystem

/// Paths that COPY and ADD name.
extension FilePlacement {
    /// Places paths of a tree on the host.
    mutating func place(
        _ selection: FileOperation.Selection, of host: HostTree, _ item: FileOperation.Item
    ) throws {
        for source in try host.select(selection, unmatched: sources.unmatched) {
            let root = try landing(of: source, item)
            if source.isDirectory {
                let origin = entries.add(
                    .host(host.directory, prefix: source.root, dropped: root.isEmpty ? 0 : root.count + 1))
                let skipped = source.root.isEmpty ? 0 : source.root.count + 1
                let prefix = root.isEmpty ? [] : root + [UInt8(ascii: "/")]
                for index in source.entries {
                    try put(
                        host, index, at: prefix + host.listing.path(index).dropFirst(skipped), origin, item)
                }
            } else if let index = source.entries.first {
                if selection.unpacks, let archive = try host.archive(at: index) {
                    try unpack(archive, selection.excludes, item)
                    continue
                }
                let origin = entries.add(.host(host.directory, prefix: source.root, dropped: root.count))
                try put(host, index, at: root, origin, item)
            }
        }
    }

    private mutating func put(
        _ host: HostTree, _ index: Int, at path: [UInt8], _ origin: Int32, _ item: FileOperation.Item
    ) throws {
        let kind = host.listing.kind(index)
        try enter(path, isDirectory: kind == .directory)
        try put(
            kind, host.listing.stamp(index), kind == .link ? host.listing.target(index) : [], at: path,
            origin: origin, mode: item.mode
        ) {
            "\(host.directory.path)/\(host.path(of: index).display) is a \(kind.noun), which no layer from a directory holds; add it to .dockerignore"
        }
    }

    /// Places paths of a stage.
    mutating func place(
        _ selection: FileOperation.Selection, of stage: StageFiles, _ item: FileOperation.Item
    ) throws {
        let selected = try stage.select(selection, unmatched: sources.unmatched)
        let found = try stage.read(selected.flatMap(\.entries))
        for source in selected {
            let root = try landing(of: source, item)
            for path in source.entries {
                guard let entry = found[path] else { continue }
                let relative = path.dropFirst(source.root.isEmpty ? 0 : source.root.count + 1)
                let target = source.isDirectory ? LayerPaths.join(root, Array(relative)) : root
                try enter(target, isDirectory: entry.isDirectory)
                place(entry, at: target, item)
            }
        }
    }

    /// Where a source lands: for a directory the one that receives its content, made where it is missing.
    private mutating func landing<Entry>(
        of source: SelectedSource<Entry>, _ item: FileOperation.Item
    ) throws -> [UInt8] {
        if source.isDirectory {
            let target = try tree.resolve(item.destination)
            try listDirectories(to: target)
            return target
        }
        return try destination(item, name: source.name)
    }

    /// Puts something of a layer or archive at a path.
    mutating func place(_ entry: PlacedEntry, at path: [UInt8], _ item: FileOperation.Item) {
        var fields = EntryList.Fields(
            kind: .file,
            mode: item.mode?.applied(to: entry.mode, isDirectory: entry.isDirectory) ?? entry.mode,
            uid: entry.uid, gid: entry.gid)
        var target: [UInt8] = []
        switch entry.content {
        case .directory: fields.kind = .directory
        case .link(let says):
            fields.kind = .link
            fields.mode = entry.mode
            target = says
        case .file(let digest, let size, let origin):
            fields.origin = entries.add(origin)
            fields.stamp = FileStamp(digest, size: size)
        case .node(let kind, let numbers):
            fields.kind = kind
            target = numbers
        }
        put(path, fields, target: target, attributes: entry.attributes)
    }
}
