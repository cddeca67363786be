/// A tree of layers merged in memory, without content: what a path is once all layers are applied.
///
/// Follows the same rules as ``LayerApplier``: links among an entry's parents are resolved inside the root,
/// whiteouts spare what their own layer wrote.
final class MergedTree<Value> {
    final class Node {
        var kind: Kind
        /// The number of the layer that wrote it, or something below it.
        var layer: Int

        init(_ kind: Kind, layer: Int) {
            self.kind = kind
            self.layer = layer
        }
    }

    enum Kind {
        case directory(Value?, children: [[UInt8]: Node])
        case link(Value, target: [UInt8])
        case file(Value)
    }

    let root = Node(.directory(nil, children: [:]), layer: 0)
    /// The number of the layer that is being applied; the first is 1.
    private(set) var layer = 0

    /// Begins the next layer above.
    func beginLayer() { layer += 1 }

    /// The node at a path without links among its parents.
    func node(_ real: some Sequence<[UInt8]>) -> Node? {
        var node = root
        for component in real {
            guard case .directory(_, let children) = node.kind, let child = children[component] else {
                return nil
            }
            node = child
        }
        return node
    }

    func look(_ real: [[UInt8]]) -> LowerNode {
        switch node(real)?.kind {
        case nil: .missing
        case .directory: .directory(mode: 0, uid: 0, gid: 0)
        case .link(_, let target): .link(target: target)
        case .file: .file
        }
    }

    /// The real path of an entry: its parents resolved, itself not.
    func resolveEntry(_ path: [UInt8]) throws -> [[UInt8]] {
        if path.isEmpty { return [] }
        return try RootedPath.resolve(LayerPath.parent(path), followingLast: true, look: look)
            + [LayerPath.name(path)]
    }

    /// Puts a directory at a real path; one that is there keeps its content.
    func putDirectory(_ value: Value, at real: [[UInt8]]) throws {
        let node = try makeNode(real, or: .directory(value, children: [:]))
        if case .directory(_, let children) = node.kind {
            node.kind = .directory(value, children: children)
        } else {
            node.kind = .directory(value, children: [:])
        }
    }

    /// Puts a link or a file at a real path, in place of what is there.
    func put(_ kind: Kind, at real: [[UInt8]]) throws {
        try makeNode(real, or: kind).kind = kind
    }

    /// Applies a whiteout.
    func apply(_ whiteout: Whiteout) throws {
        switch whiteout {
        case .file(let path):
            let real = try resolveEntry(path)
            guard let name = real.last, let parent = node(real.dropLast()),
                case .directory(let value, var children) = parent.kind, let child = children[name]
            else { return }
            if !keepsOwn(child) {
                parent.kind = .directory(nil, children: [:])
                children[name] = nil
                parent.kind = .directory(value, children: children)
            }
        case .opaque(let path):
            let real = try RootedPath.resolve(path, followingLast: true, look: look)
            if let node = node(real), case .directory = node.kind { pruneContent(node) }
        }
    }

    /// Calls `body` for every node but the root, in the order of a layer.
    func forEach(_ body: ([UInt8], Node) throws -> Void) rethrows {
        try visit(root, [], body)
    }

    private func visit(_ node: Node, _ path: [UInt8], _ body: ([UInt8], Node) throws -> Void) rethrows {
        guard case .directory(_, let children) = node.kind else { return }
        for name in children.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let child = children[name] else { continue }
            let full = LayerPath.path(name, in: path)
            try body(full, child)
            try visit(child, full, body)
        }
    }

    /// Removes what lower layers wrote at and below a node; says whether something of this layer is left.
    private func keepsOwn(_ node: Node) -> Bool {
        if node.layer < layer { return false }
        pruneContent(node)
        return true
    }

    private func pruneContent(_ node: Node) {
        guard case .directory(let value, let children) = node.kind else { return }
        node.kind = .directory(value, children: children.filter { keepsOwn($0.value) })
    }

    private func makeNode(_ real: [[UInt8]], or kind: Kind) throws -> Node {
        var node = root
        node.layer = layer
        for (index, component) in real.enumerated() {
            guard case .directory(let value, var children) = node.kind else {
                throw ArchiveError(
                    .refused,
                    "the layer's entries below \(LayerPath.display(LayerPath.path(real[..<index]))) are refused: it is no directory"
                )
            }
            if let child = children[component] {
                child.layer = layer
                node = child
                continue
            }
            let child = Node(index == real.count - 1 ? kind : .directory(nil, children: [:]), layer: layer)
            // Taken out meanwhile, so that the dictionary is not copied.
            node.kind = .directory(nil, children: [:])
            children[component] = child
            node.kind = .directory(value, children: children)
            node = child
        }
        return node
    }
}
