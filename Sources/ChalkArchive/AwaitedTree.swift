/// Layers below that may still be on their way: the first question waits for them.
package final class AwaitedTree: LowerTree {
    private let make: () throws -> any LowerTree
    private var made: (any LowerTree)?

    /// A view that `make` gives when it is asked for the first time.
    package init(_ make: @escaping () throws -> any LowerTree) { self.make = make }

    package func lookup(_ path: [UInt8]) throws -> LowerNode { try tree().lookup(path) }

    package func modified(directory path: [UInt8]) throws -> Int64? { try tree().modified(directory: path) }

    package func names(in path: [UInt8]) throws -> [[UInt8]] { try tree().names(in: path) }

    package func file(at path: [UInt8]) throws -> LowerFile? { try tree().file(at: path) }

    private func tree() throws -> any LowerTree {
        if let made { return made }
        let tree = try make()
        made = tree
        return tree
    }
}
