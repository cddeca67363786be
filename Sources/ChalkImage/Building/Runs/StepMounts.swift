internal import ChalkExec
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkStore
internal import ChalkSystem

/// The mounts of one RUN, made ready: what the executor needs, and what must be held while the step runs.
final class StepMounts {
    /// For the executor.
    private(set) var mounts: [StepMount] = []
    /// Variables that hold secrets, `NAME=value`.
    private(set) var variables: [String] = []
    /// The secrets that the step can see.
    private(set) var secrets: [[UInt8]] = []
    private let session: BuildSession
    private let locks: CacheLocks
    private var snapshots: [Snapshot] = []

    /// Makes the mounts of a step ready.
    ///
    /// - Parameter trees: the files that it mounts.
    init(
        _ operation: RunOperation, session: BuildSession,
        trees: [RunMountOperation.Tree: MountedTrees.Tree]
    ) throws {
        self.session = session
        locks = try CacheLocks(
            operation.mounts, in: session.store.cacheMounts, cancellation: session.cancellation)
        for (index, mount) in operation.mounts.enumerated() {
            switch mount {
            case .bind(let tree, let target, let readOnly):
                mounts.append(
                    .tree(try part(tree, trees), destination: target, readOnly: readOnly))
            case .cache(let cache):
                guard let path = locks.paths[index] else { continue }
                mounts.append(
                    .cache(
                        source: path, destination: cache.target, access: .init(cache.access),
                        seed: try cache.seed.map { try part($0, trees) }, readOnly: cache.readOnly))
            case .temporary(let target, let size):
                mounts.append(.tmpfs(destination: target, size: size))
            case .file(let target, let contents):
                mounts.append(.file(content: contents, destination: target, access: .init(0o755)))
            case .secret(let secret): try add(secret)
            case .agent(let agent): try add(agent)
            }
        }
    }

    private func part(
        _ tree: RunMountOperation.Tree, _ trees: [RunMountOperation.Tree: MountedTrees.Tree]
    ) throws -> StepMount.Tree {
        let snapshot = try session.snapshot(of: trees[tree]?.layers ?? [])
        snapshots.append(snapshot)
        return StepMount.Tree(lowers: snapshot.directories, path: tree.path)
    }

    private func add(_ secret: RunMountOperation.Secret) throws {
        guard let value = session.options.secrets[secret.id]?.bytes else {
            if !secret.isRequired { return }
            throw ChalkError(
                .invalidInput,
                "the secret \"\(secret.id)\" was not given; add --secret id=\(secret.id),src=FILE or env=NAME"
            )
        }
        secrets.append(value)
        if let target = secret.target {
            mounts.append(
                .secret(
                    id: secret.id, content: value, destination: target, access: .init(secret.access)))
        }
        if let variable = secret.variable {
            guard let text = String(validating: value, as: UTF8.self), !text.utf8.contains(0) else {
                throw ChalkError(
                    .invalidInput,
                    "the secret \"\(secret.id)\" cannot be put into the variable \(variable): it is no text")
            }
            variables.append("\(variable)=\(text)")
        }
    }

    private func add(_ agent: RunMountOperation.Agent) throws {
        guard let given = session.options.agents[agent.id] else {
            if !agent.isRequired { return }
            throw ChalkError(
                .invalidInput, "the SSH agent \"\(agent.id)\" was not given; add --ssh \(agent.id)")
        }
        mounts.append(
            .agent(try StepMount.Agent(given), destination: agent.target, access: .init(agent.access)))
    }
}

extension StepMount.Access {
    init(_ access: RunMountOperation.Access) {
        self.init(access.mode, uid: access.uid, gid: access.gid)
    }
}

extension StepMount.Agent {
    /// Reads the keys.
    init(_ agent: BuildAgent) throws {
        switch agent {
        case .socket(let path): self = .socket(path)
        case .keys(let paths):
            self = .keys(
                try paths.map { Key(name: $0, content: try FileSystem.read($0, limit: 1 << 20)) })
        }
    }
}
