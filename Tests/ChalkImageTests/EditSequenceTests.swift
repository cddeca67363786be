import ChalkArchive
import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkImage

/// A tree that is edited and built again and again has the image of a cold build in an empty store, whatever was
/// reused. `CHALK_EDIT_SEQUENCES` is the number of edit sequences; a failing one is named by seed and round.
@Suite struct EditSequenceTests {
    /// Sequences that are made on one tree.
    private static let rounds = 25

    private static var seeds: [UInt64] {
        let wanted = ProcessInfo.processInfo.environment["CHALK_EDIT_SEQUENCES"].flatMap { Int($0) } ?? 150
        return Array(1...UInt64(max(1, wanted / rounds)))
    }

    @Test(arguments: seeds)
    func anyEditGivesTheImageOfAColdBuild(_ seed: UInt64) throws {
        let lab = FileManager.default.temporaryDirectory.path + "/chalk-edits-" + RandomName.make()
        defer { try? FileManager.default.removeItem(atPath: lab) }
        var tree = try EditedTree(at: lab + "/context", seed: seed)
        try FileDescriptor.open(lab + "/Dockerfile", [.writeOnly, .create])
            .write(Array("FROM scratch\nCOPY . /app\n".utf8))
        var options = BuildOptions()
        options.segmentRule = .tiny
        options.contextDirectory = tree.path
        options.compression = [.gzip(level: 1), .zstd(level: 1), .none, .estargz(level: 1)][Int(seed % 4)]
        let store = try ImageStore.open(lab + "/store")
        for round in 0..<Self.rounds {
            let edits = try tree.edit()
            let place: Comment = "seed \(seed) round \(round): \(edits)"
            let planned = try ImageBuilder(store: store).performPlan(
                Image.fromDockerfile(lab + "/Dockerfile"), options, cancellation: Cancellation())
            let warm = try build(lab, options, store)
            let cold = try build(lab, options, ImageStore.open("\(lab)/cold-\(round)"))
            try #require(warm.manifest == cold.manifest, place)
            #expect(planned.steps.first?.key == cold.steps.first?.key, place)
            let again = try build(lab, options, store)
            #expect(again.cachedSteps == 1, place)
        }
        #expect(try store.verify(cancellation: Cancellation()).problems == [])
    }

    private func build(_ lab: String, _ options: BuildOptions, _ store: ImageStore) throws -> BuildResult {
        try ImageBuilder(store: store).perform(
            Image.fromDockerfile(lab + "/Dockerfile"), options, cancellation: Cancellation(), report: { _ in }
        )
    }
}

extension FinishedStep {
    fileprivate var key: CacheKey? {
        switch outcome {
        case .cached(let key, _), .built(let key, _, _, _): key
        case .configured, .failed: nil
        }
    }
}
