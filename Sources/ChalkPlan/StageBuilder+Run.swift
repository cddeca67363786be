internal import ChalkDockerfile

extension StageBuilder {
    /// RUN with its mounts; what cannot be done is an error, never ignored.
    mutating func apply(
        _ run: RunInstruction, title: String, _ place: String, _ context: inout StageContext
    ) throws(PlanError) {
        if run.security == .insecure {
            throw PlanError(
                .unsupported, at: place,
                "RUN --security=insecure would give the step every capability, which chalk-image never does; drop the flag"
            )
        }
        if let device = run.devices.first {
            throw PlanError(.unsupported, at: place, "RUN --device=\(device.name) is not supported")
        }
        var mounts: [RunMountOperation] = []
        for flag in run.mounts {
            guard let mount = flag.mount else { continue }
            let agents = mounts.count { if case .agent = $0 { true } else { false } }
            let target = try self.target(of: mount, agents: agents, place)
            mounts.append(try self.mount(mount, target, place, &context))
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

    /// Where a mount goes, absolute: the working directory where it does not say.
    ///
    /// - Parameter agents: how many come before it.
    private func target(of mount: RunMount, agents: Int, _ place: String) throws(PlanError) -> String {
        let target: String
        switch mount.kind {
        case .bind, .cache, .tmpfs: target = absolute(mount.target ?? ".")
        case .secret: target = absolute(mount.secretTarget ?? "/run/secrets")
        case .ssh: target = absolute(mount.target ?? "/run/buildkit/ssh_agent.\(agents)")
        }
        if target != "/" { return target }
        throw PlanError(
            .invalid, at: place,
            "RUN --mount=type=\(mount.kind.rawValue) cannot be mounted on /; give it a target below")
    }

    private func mount(
        _ mount: RunMount, _ target: String, _ place: String, _ context: inout StageContext
    ) throws(PlanError) -> RunMountOperation {
        func access(_ mode: UInt32) -> RunMountOperation.Access {
            .init(mount.mode ?? mode, uid: mount.uid ?? 0, gid: mount.gid ?? 0)
        }
        switch mount.kind {
        case .bind:
            return .bind(
                try tree(of: mount, place, &context), target: target, readOnly: mount.isReadOnly)
        case .cache:
            // A source alone is a part of nothing.
            let seed = mount.from == nil ? nil : try tree(of: mount, place, &context)
            return .cache(
                .init(
                    id: mount.id ?? target, target: target, sharing: .init(mount.sharing ?? .shared),
                    access: access(0o755), seed: seed, readOnly: mount.isReadOnly))
        case .tmpfs: return .temporary(target: target, size: mount.sizeLimit == 0 ? nil : mount.sizeLimit)
        case .secret:
            return .secret(
                .init(
                    id: mount.secretID, target: mount.secretTarget == nil ? nil : target,
                    variable: mount.environmentName, isRequired: mount.isRequired, access: access(0o400)))
        case .ssh:
            return .agent(
                .init(id: mount.sshID, target: target, isRequired: mount.isRequired, access: access(0o600)))
        }
    }

    private func tree(
        of mount: RunMount, _ place: String, _ context: inout StageContext
    ) throws(PlanError) -> RunMountOperation.Tree {
        let path = ImageTreePath.normalized("/\(mount.source ?? "")")
        guard let from = mount.from else { return .init(origin: .context, path: path) }
        return .init(origin: .stage(try context.stage(named: from, place)), path: path)
    }
}

extension RunMountOperation.Cache.Sharing {
    fileprivate init(_ sharing: RunMount.Sharing) {
        self =
            switch sharing {
            case .shared: .shared
            case .private: .private
            case .locked: .locked
            }
    }
}
