/// Everything that a run found out; what `results.json` holds, and all that tables and charts are made from.
struct Results: Codable, Hashable {
    /// One measurement.
    struct Sample: Codable, Hashable {
        var tree: String
        var operation: Operation
        var peer: String
        /// From 1. Measurements of one round were made in turn, one right after the other; of several by one peer
        /// the median counts.
        var round: Int
        /// Seconds on the wall.
        var wall: Double
        var cost: Cost
        /// Bytes of the layers, as stored or sent; nil where there are none.
        var blob: Int?
    }

    struct TreeSize: Codable, Hashable {
        var name: String
        var title: String
        var files: Int
        var bytes: Int
    }

    struct Version: Codable, Hashable {
        var peer: String
        /// The first line that the program says of itself.
        var text: String
    }

    /// A peer that could not do what it was asked for.
    struct Failure: Codable, Hashable {
        var tree: String
        var operation: Operation
        var peer: String
        var reason: String
    }

    var machine: Machine
    /// 1 is full size.
    var scale: Double
    var rounds: Int
    /// `chalk-image`'s default level of gzip.
    var level: Int
    /// Bytes: no process shows a smaller peak, since it begins as a child of the bench.
    var floor = 0
    var trees: [TreeSize] = []
    var versions: [Version] = []
    /// Peers that are not on PATH.
    var missing: [String] = []
    var failures: [Failure] = []
    var samples: [Sample] = []

    /// The measurements of one peer for one operation.
    func samples(_ tree: String, _ operation: Operation, _ peer: String) -> [Sample] {
        samples.filter { $0.tree == tree && $0.operation == operation && $0.peer == peer }
    }

    /// Who was measured, in the order of the tables.
    func peers(_ tree: String, _ operation: Operation) -> [String] {
        var peers: [String] = []
        for sample in samples where sample.tree == tree && sample.operation == operation {
            if !peers.contains(sample.peer) { peers.append(sample.peer) }
        }
        return peers
    }

    /// What was measured on a tree, in the order in which it happened.
    func operations(_ tree: String) -> [Operation] {
        var operations: [Operation] = []
        for sample in samples where sample.tree == tree && !operations.contains(sample.operation) {
            operations.append(sample.operation)
        }
        return operations
    }
}
