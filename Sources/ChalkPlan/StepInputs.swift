package import ChalkOCI

/// What a build was asked to do that can move a layer's digest.
package struct LayerSettings: Hashable, Sendable {
    /// The layer format version, with encoder and level: `1 gzip 6`.
    package let format: String
    /// The time that files and RUN steps see.
    package let epoch: Timestamp

    package init(format: String, epoch: Timestamp) {
        self.format = format
        self.epoch = epoch
    }
}

extension RunOperation {
    /// The inputs of a RUN on the given layers.
    ///
    /// - Parameters:
    ///   - platform: that of its stage.
    ///   - content: what a mounted tree holds, as a digest.
    package func inputs(
        parent: ChainID?, platform: Platform, settings: LayerSettings,
        content: (RunMountOperation.Tree) throws -> String
    ) rethrows -> NamedInputs {
        var table = NamedInputs()
        table.add(InputName.parent, parent?.description ?? "scratch")
        table.add(InputName.command, arguments.joined(separator: "\u{0}"))
        for line in environment {
            let name = line.prefix { $0 != "=" }
            table.add(InputName.variable + name, String(line.dropFirst(name.count + 1)))
        }
        table.add("USER", user)
        table.add("WORKDIR", workingDirectory)
        for mount in mounts { try mount.add(to: &table, content: content) }
        if isolatedNetwork { table.add("network", "none") }
        for host in hosts { table.add("host \(host.name)", host.address) }
        table.add("platform", platform.description)
        table.add("SOURCE_DATE_EPOCH", String(settings.epoch.seconds))
        table.add(InputName.format, settings.format)
        return table
    }
}

extension RunMountOperation {
    /// Adds what of it can change a result: kind and name, and the content of files that the build has, but never
    /// that of caches, secrets and agents.
    fileprivate func add(to table: inout NamedInputs, content: (Tree) throws -> String) rethrows {
        switch self {
        case .bind(let tree, let target, let readOnly):
            table.add("mount \(target)", try content(tree))
            table.add("source \(target)", tree.path + (readOnly ? "" : " read-write"))
        case .cache(let cache):
            table.add("mount \(cache.target)", "cache \(cache.id)\(cache.readOnly ? " read-only" : "")")
            if let seed = cache.seed { table.add("source \(cache.target)", try content(seed) + seed.path) }
        case .temporary(let target, _): table.add("mount \(target)", "tmpfs")
        case .file(let target, let contents):
            table.add("mount \(target)", "file \(Digest.of(contents))")
        case .secret(let secret):
            if let target = secret.target { table.add("mount \(target)", "secret \(secret.id)") }
            if let variable = secret.variable { table.add("variable \(variable)", "secret \(secret.id)") }
        case .agent(let agent): table.add("mount \(agent.target)", "ssh \(agent.id)")
        }
    }
}

extension NamedInputs {
    /// The inputs of a step that puts files into a layer: the layer itself, before it is compressed, says all
    /// else.
    ///
    /// - Parameters:
    ///   - layer: nil where there is nothing to put.
    ///   - notes: what the files come from, for explanations.
    package static func files(
        _ layer: DiffID?, settings: LayerSettings, notes: [Input] = []
    ) -> NamedInputs {
        NamedInputs(
            [
                Input(InputName.files, layer?.description ?? "none"),
                Input("SOURCE_DATE_EPOCH", String(settings.epoch.seconds)),
                Input(InputName.format, settings.format),
            ], notes: notes)
    }
}
