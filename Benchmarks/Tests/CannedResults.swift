@testable import bench

/// Results as a run might have them: two rounds on the small tree, round 2 twice as slow for everybody.
func cannedResults() -> Results {
    var results = Results(
        machine: Machine(
            processor: "Some <CPU> & more", cores: 2, memory: 24, kernel: "6.1", system: "Debian",
            fileSystem: "ext4"),
        scale: 1, rounds: 2, level: 6)
    results.trees = [.init(name: "small", title: "50,000 small files", files: 50_000, bytes: 250_000_000)]
    results.versions = [.init(peer: "chalk-image gzip", text: "chalk-image 0.1.0")]
    results.missing = ["BuildKit"]
    func add(_ operation: Operation, _ peer: String, _ seconds: Double, blob: Int?) {
        for round in 1...2 {
            results.samples.append(
                .init(
                    tree: "small", operation: operation, peer: peer, round: round,
                    wall: seconds * Double(round),
                    cost: Cost(cpu: seconds, peak: 32_000_000, written: blob.map { $0 + 1_000 }), blob: blob))
        }
    }
    add(.cold, "chalk-image gzip", 4, blob: 59_000_000)
    add(.cold, "tar | pigz -6", 5, blob: 60_000_000)
    add(.cold, "umoci, skopeo", 3, blob: 63_000_000)
    add(.unchanged, "chalk-image gzip", 0.15, blob: 59_000_000)
    add(.unchanged, "git status", 0.1, blob: nil)
    add(.oneFile, "chalk-image gzip", 0.6, blob: 59_000_000)
    return results
}
