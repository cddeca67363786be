/// How a local file or directory reaches the container.
package enum FileStrategy: String, Hashable, Sendable, CaseIterable {
    /// In a layer of the image.
    case copy
    /// Mounted when the container starts; the image does not change with it.
    case volume
}

/// One local file of `addLocalFile`.
package struct LocalFile: Hashable, Sendable {
    /// Absolute host path.
    package let src: String
    /// Absolute path in the image.
    package let dest: String
    /// Permission bits, 0...0o7777; nil: 0755 when the owner may execute the source, else 0644.
    package let mode: UInt32?
    package let strategy: FileStrategy

    package init(src: String, dest: String, mode: UInt32?, strategy: FileStrategy) {
        self.src = src
        self.dest = dest
        self.mode = mode
        self.strategy = strategy
    }
}

/// How many layers a local directory becomes.
package enum LayerLayout: String, Hashable, Sendable, CaseIterable {
    /// Several where it is large, such that an edit changes one of them.
    case auto
    /// One.
    case single
}

/// One local directory of `addLocalDir`.
package struct LocalDir: Hashable, Sendable {
    /// Absolute host path.
    package let src: String
    /// Absolute directory in the image.
    package let dest: String
    package let strategy: FileStrategy
    /// Lines in gitignore syntax, anchored at `src`, that come after those of the ignore files.
    package let exclude: [String]
    /// One tar file instead of the tree; only with `.volume`.
    package let archive: Bool
    /// How many layers it becomes; only with `.copy`.
    package let layers: LayerLayout

    package init(
        src: String, dest: String, strategy: FileStrategy, exclude: [String], archive: Bool,
        layers: LayerLayout = .auto
    ) {
        self.src = src
        self.dest = dest
        self.strategy = strategy
        self.exclude = exclude
        self.archive = archive
        self.layers = layers
    }
}

/// One file that a `LocalDir` offers: what the walk found after ignore rules, links inside the directory followed.
package struct ListedFile: Hashable, Sendable {
    /// Path below the directory, components joined by `/`.
    package let path: [UInt8]
    /// Absolute host path of the content (the target, for a link).
    package let source: String
    /// Whether the owner may execute it.
    package let executable: Bool
    /// Length in bytes.
    package let size: Int

    package init(path: [UInt8], source: String, executable: Bool, size: Int) {
        self.path = path
        self.source = source
        self.executable = executable
        self.size = size
    }
}

/// Lists the files of a directory, in byte order of their paths. Walking and ignore rules live elsewhere.
package typealias LocalDirListing = (LocalDir) throws -> [ListedFile]
