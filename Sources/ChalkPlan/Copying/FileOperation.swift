package import ChalkOCI

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
        /// A here-document, as a file with a name.
        case inline(name: String, [UInt8])
        /// Paths of a tree.
        case selection(Selection)
        /// The file at a URL; unpacked where asked, if it is a tar.
        case download(Download, unpacks: Bool)
    }

    /// Something whose paths COPY and ADD name.
    package enum Tree: Hashable, Sendable {
        /// The build context.
        case context
        /// A directory of the host with its own `.dockerignore`, absolute: a named context.
        case directory(String)
        /// A commit of a git repository.
        case repository(GitSource)
        /// A stage of the plan, which may come later in the Dockerfile.
        case stage(Int)
    }

    /// Paths of a tree, with wildcards.
    package struct Selection: Hashable, Sendable {
        /// Of what.
        package let tree: Tree
        /// In order, each a source of its own.
        package let patterns: [String]
        /// Patterns of what is left out, relative to each source.
        package let excludes: [String]
        /// Whether the directories above a source come along (`--parents`).
        package let keepsParents: Bool
        /// Whether files that are tars are unpacked (ADD).
        package let unpacks: Bool

        package init(
            _ patterns: [String], of tree: Tree, excludes: [String] = [], keepsParents: Bool = false,
            unpacks: Bool = false
        ) {
            self.patterns = patterns
            self.tree = tree
            self.excludes = excludes
            self.keepsParents = keepsParents
            self.unpacks = unpacks
        }
    }

    /// One source and where it goes.
    package struct Item: Hashable, Sendable {
        /// Where from.
        package let source: Source
        /// Absolute; for directories the one that receives the source's content.
        package let destination: String
        /// Permission bits where not the source's own decide.
        package let mode: ModeChange?
        /// Whether the destination is a directory that receives a source that is a file.
        package let isDirectory: Bool

        package init(source: Source, destination: String, mode: ModeChange?, isDirectory: Bool = false) {
            self.source = source
            self.destination = destination
            self.mode = mode
            self.isDirectory = isDirectory
        }
    }

    /// In order.
    package let items: [Item]
    /// Owner of everything that is put there: `user[:group]` by name or number; nil is the source's own.
    package let owner: String?
    /// Whether the destination is looked up in the layers below (links followed, existing directories kept).
    package let followsTree: Bool
    /// Whether the layer is made as on an empty image and laid over what is there (`--link`).
    package let isLinked: Bool
    /// Whether it stays one layer however large it is.
    package let isWhole: Bool

    package init(
        items: [Item], owner: String?, followsTree: Bool, isLinked: Bool = false, isWhole: Bool = false
    ) {
        self.items = items
        self.owner = owner
        self.followsTree = followsTree
        self.isLinked = isLinked
        self.isWhole = isWhole
    }

    /// Whether it may become several layers where it is large: what people edit is on their disks.
    package var maySplit: Bool {
        !isWhole
            && items.contains { item in
                switch item.source {
                case .localDirectory, .localFile: true
                case .selection(let selection):
                    switch selection.tree {
                    case .context, .directory: true
                    case .repository, .stage: false
                    }
                case .bytes, .lz4Frame, .inline, .download: false
                }
            }
    }

    /// The stages that something is copied from.
    var stages: [Int] {
        items.compactMap { item in
            guard case .selection(let selection) = item.source, case .stage(let index) = selection.tree else {
                return nil
            }
            return index
        }
    }
}

extension FileOperation {
    /// Says which files are meant and where they go, but not what they hold.
    package var words: [String] {
        [owner ?? "", isLinked ? "link" : ""]
            + items.flatMap { item in
                ["\(item.destination) \(item.mode?.text ?? "") \(item.isDirectory)"] + item.source.words
            }
    }
}

extension FileOperation.Source {
    fileprivate var words: [String] {
        switch self {
        case .bytes, .lz4Frame: []
        case .inline(let name, _): [name]
        case .localFile(let path): [path]
        case .localDirectory(let path, let exclude): [path] + exclude
        case .selection(let selection):
            [selection.tree.name, "\(selection.keepsParents) \(selection.unpacks)"] + selection.patterns
                + [""] + selection.excludes
        case .download(let download, let unpacks): [download.url, "\(unpacks)"]
        }
    }
}

extension FileOperation.Tree {
    /// What it is called in words.
    package var name: String {
        switch self {
        case .context: "the build context"
        case .directory(let path): path
        case .repository(let source): source.description
        case .stage(let index): "stage \(index)"
        }
    }
}

/// The file at a URL.
package struct Download: Hashable, Sendable {
    /// `http` or `https`.
    package let url: String
    /// What a directory that receives it calls it.
    package let name: String
    /// What its content must be.
    package let checksum: Digest?

    package init(url: String, name: String, checksum: Digest?) {
        self.url = url
        self.name = name
        self.checksum = checksum
    }
}
