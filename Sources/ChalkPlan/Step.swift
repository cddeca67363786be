/// A node of the plan: one instruction that may make one layer.
package struct Step: Hashable, Sendable {
    /// What it does, in one word for people and records.
    package enum Kind: String, Hashable, Sendable {
        case run, copy, add, workdir, volume, config
    }

    /// What it does, in full.
    package enum Operation: Hashable, Sendable {
        /// Runs a command on the layers below.
        case run(RunOperation)
        /// Puts files into a layer.
        case files(FileOperation)
        /// Makes directories where they are missing.
        case directories(DirectoryOperation)
        /// Changes the config only; never a layer, never cached.
        case config
    }

    /// One word.
    package let kind: Kind
    /// The instruction for people, one line.
    package let title: String
    /// The instruction as `docker history` shows it.
    package let createdBy: String
    /// `Dockerfile:12` or `steps[2].addLocalDir`; nil for a step made in code.
    package let origin: String?
    /// In full.
    package let operation: Operation

    package init(kind: Kind, title: String, createdBy: String, origin: String?, operation: Operation) {
        self.kind = kind
        self.title = title
        self.createdBy = createdBy
        self.origin = origin
        self.operation = operation
    }

    /// Whether the step may make a layer.
    package var makesLayer: Bool { operation != .config }

    /// Whether the step needs the layers below it as a mounted tree.
    package var needsSnapshot: Bool {
        if case .run = operation { return true }
        return false
    }
}

/// Directories that are made where they are missing.
package struct DirectoryOperation: Hashable, Sendable {
    /// Absolute.
    package let paths: [String]
    /// Owner of those that are made: `user[:group]` by name or number; nil is 0:0.
    package let owner: String?
    /// See ``FileOperation/followsTree``.
    package let followsTree: Bool

    package init(paths: [String], owner: String?, followsTree: Bool) {
        self.paths = paths
        self.owner = owner
        self.followsTree = followsTree
    }
}
