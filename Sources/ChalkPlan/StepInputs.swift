package import ChalkOCI

/// What a build was asked to do that can move a layer's digest.
package struct LayerSettings: Hashable, Sendable {
    /// The layer format version, with encoder and level: `1 gzip 6`.
    package let format: String
    /// The time that files and RUN steps see.
    package let epoch: Timestamp
    /// What RUN steps run on.
    package let platform: Platform

    package init(format: String, epoch: Timestamp, platform: Platform) {
        self.format = format
        self.epoch = epoch
        self.platform = platform
    }
}

extension RunOperation {
    /// The inputs of a RUN on the given layers.
    package func inputs(parent: ChainID?, settings: LayerSettings) -> NamedInputs {
        var table = NamedInputs()
        table.add(InputName.parent, parent?.description ?? "scratch")
        table.add(InputName.command, arguments.joined(separator: "\u{0}"))
        for line in environment {
            let name = line.prefix { $0 != "=" }
            table.add("ENV \(name)", String(line.dropFirst(name.count + 1)))
        }
        table.add("USER", user)
        table.add("WORKDIR", workingDirectory)
        for mount in mounts { table.add("mount \(mount.target)", mount.identity) }
        if isolatedNetwork { table.add("network", "none") }
        table.add("platform", settings.platform.description)
        table.add("SOURCE_DATE_EPOCH", String(settings.epoch.seconds))
        table.add(InputName.format, settings.format)
        return table
    }
}

extension RunOperation.Mount {
    /// Where it is mounted.
    package var target: String {
        switch self {
        case .cache(_, let target, _, _, _, _): target
        case .temporary(let target, _): target
        case .file(let target, _): target
        }
    }

    /// What of it can change a result: kind and name, never the content.
    var identity: String {
        switch self {
        case .cache(let id, _, _, _, _, let readOnly): "cache \(id)\(readOnly ? " read-only" : "")"
        case .temporary: "tmpfs"
        case .file(_, let contents): "file \(Digest.of(contents))"
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
