internal import ChalkArchive

/// The merged view of the layers below a step, grown layer by layer as a stage grows.
final class TreeCache {
    private var layers: [BuiltLayer] = []
    private var tree: StackIndex?

    /// The view of a stack of layers.
    ///
    /// - Parameter index: the index of a layer that is not part of the view yet; nil when it cannot be had, and then
    ///   neither can the view.
    func tree(of stack: [BuiltLayer], index: (BuiltLayer) throws -> LayerIndex?) throws -> StackIndex? {
        if tree == nil || !stack.starts(with: layers) {
            tree = try StackIndex([])
            layers = []
        }
        guard let tree else { return nil }
        for layer in stack[layers.count...] {
            guard let next = try index(layer) else { return nil }
            try tree.append(next)
            layers.append(layer)
        }
        return tree
    }
}
