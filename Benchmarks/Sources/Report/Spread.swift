/// Several measurements of one thing.
struct Spread: Hashable {
    let median: Double
    let least: Double
    let most: Double
    let count: Int

    /// Nil for no values at all.
    init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        least = first
        most = last
        count = sorted.count
        let middle = count / 2
        median = count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The quotients of those rounds in which both were measured: what slows a whole round down falls out.
    static func ratio(_ subject: [Int: Double], to reference: [Int: Double]) -> Spread? {
        Spread(
            subject.sorted { $0.key < $1.key }.compactMap { round, value in
                guard let other = reference[round], other > 0 else { return nil }
                return value / other
            })
    }
}

/// A column of the results.
enum Metric: String, Hashable {
    case seconds, peak, written, blob

    /// Its value in one measurement; nil where it was not counted.
    func value(_ sample: Results.Sample) -> Double? {
        switch self {
        case .seconds: sample.wall
        case .peak: Double(sample.cost.peak)
        case .written: sample.cost.written.map(Double.init)
        case .blob: sample.blob.map(Double.init)
        }
    }
}

extension Results {
    /// The values of a column by round.
    func values(_ metric: Metric, _ tree: String, _ operation: Operation, _ peer: String) -> [Int: Double] {
        Dictionary(grouping: samples(tree, operation, peer), by: \.round)
            .compactMapValues { Spread($0.compactMap(metric.value))?.median }
    }

    /// The same without the rounds.
    func spread(_ metric: Metric, _ tree: String, _ operation: Operation, _ peer: String) -> Spread? {
        Spread(Array(values(metric, tree, operation, peer).values))
    }
}
