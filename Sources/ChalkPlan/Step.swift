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

/// Files that become one layer, or several.
package struct FileOperation: Hashable, Sendable {
    /// Where the files come from.
    package enum Source: Hashable, Sendable {
        /// Bytes at hand, as one file.
        case bytes([UInt8])
        /// Bytes at hand as an LZ4 frame, as one file.
        case lz4Frame([UInt8])
        /// One file of the host.
        case localFile(String)
        /// A directory of the host, by the spec's ignore rules.
        case localDirectory(String, exclude: [String])
        /// Paths of the build context, with wildcards; nothing that the exclude patterns match.
        case context([String], exclude: [String])
        /// Paths of an earlier stage, with wildcards; nothing that the exclude patterns match.
        case stage(Int, [String], exclude: [String])
    }

    /// One source and where it goes.
    package struct Item: Hashable, Sendable {
        /// Where from.
        package let source: Source
        /// Absolute; for directories the one that receives the source's content.
        package let destination: String
        /// Permission bits of files where not the source's own decide.
        package let mode: UInt32?
        /// Whether the destination is a directory that receives a source that is a file.
        package let isDirectory: Bool

        package init(source: Source, destination: String, mode: UInt32?, isDirectory: Bool = false) {
            self.source = source
            self.destination = destination
            self.mode = mode
            self.isDirectory = isDirectory
        }
    }

    /// In order.
    package let items: [Item]
    /// Owner of everything that is put there: `user[:group]` by name or number; nil is 0:0.
    package let owner: String?
    /// Whether the destination is looked up in the layers below (links followed, existing directories kept).
    package let followsTree: Bool
    /// Whether a large tree becomes several layers.
    package let isSplit: Bool

    package init(items: [Item], owner: String?, followsTree: Bool, isSplit: Bool = false) {
        self.isSplit = isSplit
        self.items = items
        self.owner = owner
        self.followsTree = followsTree
    }
}
