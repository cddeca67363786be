/// A line of what this project promises to be measured by: a figure, what it is held against, and a bound.
struct Target {
    /// What a figure is compared with.
    enum Reference {
        /// The same column of another peer in the same operation.
        case peer(String)
        /// The same peer, in another operation.
        case operation(Operation)
        /// Another column of the same measurement.
        case metric(Metric)
        /// So many bytes.
        case bytes(Double)
    }

    let tree: String
    let operation: Operation
    let subject: String
    let metric: Metric
    let reference: Reference
    /// The most that the quotient may be; nil where it is only told.
    let bound: Double?

    /// All lines; the names hold `level`, the default level of gzip, which is compared at.
    static func all(level: Int) -> [Target] {
        let gzip = ChalkImage.title(.gzip)
        let zstd = ChalkImage.title(.zstd)
        func target(
            _ tree: Tree, _ operation: Operation, _ subject: String, _ metric: Metric, _ reference: Reference,
            _ bound: Double?
        ) -> Target {
            Target(
                tree: tree.name, operation: operation, subject: subject, metric: metric, reference: reference,
                bound: bound)
        }
        var all: [Target] = []
        for tree in [Tree.small, .python] {
            all += [
                target(tree, .cold, gzip, .seconds, .peer(TarPipe.title("pigz", level)), 1.15),
                target(tree, .cold, gzip, .seconds, .peer(Umoci.title), 1),
                target(tree, .cold, gzip, .blob, .peer(Umoci.title), 1),
                target(tree, .cold, gzip, .seconds, .peer("BuildKit"), 0.25),
                target(tree, .cold, gzip, .seconds, .peer(Buildah.title), 0.25),
                target(tree, .cold, zstd, .seconds, .peer(TarPipe.title("zstd", 3)), 1.2),
                target(tree, .unchanged, gzip, .seconds, .peer(GitStatus.title), 1.5),
                target(tree, .oneFile, gzip, .seconds, .peer("BuildKit"), 0.05),
                target(tree, .oneFile, gzip, .seconds, .operation(.unchanged), 3),
            ]
        }
        all += [
            target(.python, .cold, gzip, .blob, .peer(TarPipe.title("gzip", level)), 1.02),
            target(.large, .cold, gzip, .seconds, .peer(Umoci.title), 1.3),
            target(.large, .cold, gzip, .blob, .peer(Umoci.title), 1),
            target(.large, .cold, gzip, .seconds, .peer(TarPipe.title("pigz", 6)), 0.5),
            target(.large, .cold, zstd, .seconds, .peer(TarPipe.title("zstd", 3)), 1.2),
            target(.large, .append, gzip, .seconds, .peer(ReadAndHash.title), 1),
            target(.python, .pull, gzip, .seconds, .peer(GzipTar.title), nil),
            target(.tiny, .startup, gzip, .seconds, .peer(StaticProgram.title), 2),
            target(.tiny, .cold, gzip, .seconds, .peer(ByHand.title), nil),
            target(.tiny, .unchanged, gzip, .seconds, .peer(ByHand.title), nil),
        ]
        for tree in [Tree.small, .large, .python] {
            for operation in [Operation.cold, .unchanged, .oneFile, .append, .push, .pull]
            where tree.operations.contains(operation) {
                for subject in [gzip, zstd]
                where subject == gzip || !(operation == .push || operation == .pull) {
                    all.append(target(tree, operation, subject, .peak, .bytes(64_000_000), 1))
                    if [.cold, .oneFile, .append].contains(operation) {
                        all.append(target(tree, operation, subject, .written, .metric(.blob), 1.01))
                    }
                }
            }
        }
        return all
    }

    /// The quotient; nil when one side was not measured.
    func ratio(in results: Results) -> Spread? {
        let values = results.values(metric, tree, operation, subject)
        switch reference {
        case .peer(let peer):
            return .ratio(values, to: results.values(metric, tree, operation, peer))
        case .operation(let operation):
            return .ratio(values, to: results.values(metric, tree, operation, subject))
        case .metric(let metric):
            return .ratio(values, to: results.values(metric, tree, operation, subject))
        case .bytes(let bytes):
            return Spread(values.values.map { $0 / bytes })
        }
    }

    /// What is compared, for people: `chalk-image gzip, seconds / umoci`.
    var title: String {
        let other =
            switch reference {
            case .peer(let peer): peer
            case .operation(let operation): "its own “\(operation.title)”"
            case .metric(let metric): "its own \(metric.rawValue)"
            case .bytes(let bytes): "\(Figures.text(bytes / 1_000_000, digits: 0)) MB"
            }
        return "\(subject): \(metric.rawValue) / \(other)"
    }
}
