internal import ChalkDockerfile

extension StageBuilder {
    /// RUN, with the mounts that this version has; another is an error, never ignored.
    mutating func apply(_ run: RunInstruction, title: String, _ place: String) throws(PlanError) {
        if run.security == .insecure {
            throw PlanError(
                .unsupported, at: place,
                "RUN --security=insecure would give the step every capability, which chalk-image never does; drop the flag"
            )
        }
        if let device = run.devices.first {
            throw PlanError(.unsupported, at: place, "RUN --device=\(device.name) is not supported")
        }
        var mounts: [RunOperation.Mount] = []
        for flag in run.mounts {
            guard let mount = flag.mount else { continue }
            mounts.append(try self.mount(mount, place))
        }
        let words: [String]
        switch run.step {
        case .shell(let text): words = shell + [text]
        case .exec(let arguments): words = arguments
        case .script(let name, let contents):
            let path = "/dev/pipes/\(name)"
            mounts.append(.file(target: path, contents: Array(contents.utf8)))
            words = shell + [path]
        }
        self.run(
            words, title: title, createdBy: createdBy(words), origin: place, mounts: mounts,
            isolatedNetwork: run.network == .none)
    }

    /// As `docker history` shows it, with the ARGs in the order of their declaration and what the step sees in them.
    private func createdBy(_ words: [String]) -> String {
        let command = words.joined(separator: " ")
        if arguments.names.isEmpty { return "RUN \(command)" }
        let values = arguments.names.map { "\($0)=\(value(of: $0) ?? "")" }
        return "RUN |\(values.count) \(values.joined(separator: " ")) \(command)"
    }

    private func mount(_ mount: RunMount, _ place: String) throws(PlanError) -> RunOperation.Mount {
        let target = mount.target.map { absolute($0) }
        switch mount.kind {
        case .cache:
            guard mount.from == nil, mount.source == nil else { break }
            guard let target else {
                throw PlanError(.invalid, at: place, "RUN --mount=type=cache needs a target")
            }
            return .cache(
                id: mount.id ?? target, target: target, mode: mount.mode ?? 0o755, uid: mount.uid ?? 0,
                gid: mount.gid ?? 0, readOnly: mount.isReadOnly)
        case .tmpfs:
            guard let target else {
                throw PlanError(.invalid, at: place, "RUN --mount=type=tmpfs needs a target")
            }
            return .temporary(target: target, size: mount.sizeLimit == 0 ? nil : mount.sizeLimit)
        case .bind, .secret, .ssh: break
        }
        throw PlanError(
            .unsupported, at: place,
            "RUN --mount=type=\(mount.kind.rawValue)\(mount.from.map { ",from=\($0)" } ?? "") is not supported yet"
        )
    }
}
