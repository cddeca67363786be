import ChalkOCI
import ChalkRegistry
import ChalkStore
import ChalkSystem
import ChalkTestSupport
import Foundation
import Synchronization
import Testing

@testable import ChalkImage

/// Pulls from Debian's docker-registry that are cut, repeated and done by several at once.
@Suite struct PullTests {
    private static let size = 3 << 20

    /// Puts an image of one layer into the registry.
    private func publish(_ repository: String, seed: UInt64) throws -> (image: Descriptor, layer: Descriptor)
    {
        let lab = try TransferLab()
        let image = try lab.makeImage("sample", layers: [Self.size], seed: seed)
        let there = try Reference("\(SharedRegistry.get().name)/\(repository):1")
        _ = try lab.store.push(image, to: [there], TransferLab.client(), jobs: 1) { _ in }
        return (image, try #require(try lab.store.stored("sample").manifest.layers.first))
    }

    private func proxy(
        _ decide: @escaping @Sendable (FaultProxy.Request) -> FaultProxy.Fault = { _ in .none }
    ) throws -> FaultProxy {
        try FaultProxy(to: UInt16(SharedRegistry.get().port), decide)
    }

    private func pull(
        _ repository: String, into lab: TransferLab, from proxy: FaultProxy, retry: RetryPolicy = 0
    ) throws -> TransferResult {
        try lab.store.pull(
            try Reference("\(proxy.name)/\(repository):1"), platform: .host, TransferLab.client(retry: retry),
            jobs: 2
        ) { _ in }
    }

    private func partial(_ lab: TransferLab, _ layer: Descriptor) -> String {
        "\(lab.store.path)/chalk/partials/\(layer.digest.hex)"
    }

    /// Leaves a pull that was cut after about two of three megabytes.
    private func cutPull(_ repository: String, _ layer: Descriptor, into lab: TransferLab) throws {
        let broken = try proxy { $0.target.contains(layer.digest.hex) ? .cutAnswer(after: 2 << 20) : .none }
        let error = #expect(throws: RegistryError.self) { try pull(repository, into: lab, from: broken) }
        #expect(error?.code == .network)
        #expect(try lab.problems() == [])
        #expect(try !lab.store.content.contains(layer))
        #expect(try FileSystem.status(partial(lab, layer)).size > 1 << 20)
    }

    @Test func theNextProcessGoesOnWithACutPull() throws {
        let (image, layer) = try publish("cut", seed: 1)
        let lab = try TransferLab()
        try cutPull("cut", layer, into: lab)
        let good = try proxy()
        let result = try pull("cut", into: lab, from: good)
        #expect(result.digest == image.digest)
        #expect(result.totals.bytesReceived < Int64(Self.size) / 2)
        let asked = try #require(good.requests.first { $0.target.contains(layer.digest.hex) })
        #expect(asked.headers["range"]?.hasPrefix("bytes=2") == true)
        #expect(try lab.problems() == [])
        #expect(try FileSystem.statusIfPresent(partial(lab, layer)) == nil)
        // Nothing is fetched twice.
        let again = try pull("cut", into: lab, from: try proxy())
        #expect(again.totals.bytesSkipped == layer.size && again.totals.bytesReceived < 5_000)
    }

    @Test func whatIsLeftIsNotBelieved() throws {
        let (image, layer) = try publish("wrong", seed: 2)
        // Some bytes are others; too many; all there but one.
        for change in 0..<3 {
            let lab = try TransferLab()
            let content = TransferLab.noise(Self.size, seed: 200)
            var left = Data(content[..<(1 << 20)])
            switch change {
            case 0: left[1_000] ^= 1
            case 1: left = Data(content + [0])
            default:
                left = Data(content)
                left[0] ^= 1
            }
            try FileSystem.makeDirectories("\(lab.store.path)/chalk/partials", mode: 0o700)
            try left.write(to: URL(fileURLWithPath: partial(lab, layer)))
            #expect(try pull("wrong", into: lab, from: proxy()).digest == image.digest)
            #expect(try lab.problems() == [])
        }
    }

    @Test func aRegistryThatDoesNotKnowRanges() throws {
        let bytes = TransferLab.noise(100_000, seed: 9)
        let digest = Digest.of(bytes)
        let server = try WebServer { request in
            request.target.hasSuffix("/blobs/\(digest)") ? .init(200, body: bytes) : .init(404)
        }
        let lab = try TransferLab()
        try FileSystem.makeDirectories("\(lab.store.path)/chalk/partials", mode: 0o700)
        try Data(bytes[..<30_000]).write(
            to: URL(fileURLWithPath: "\(lab.store.path)/chalk/partials/\(digest.hex)"))
        let blob = Descriptor(mediaType: .layer, digest: digest, size: Int64(bytes.count))
        try BlobFetcher(store: lab.store.content, client: TransferLab.client(), report: { _ in })
            .fetch([blob], from: try Reference("127.0.0.1:\(server.port)/app:1"))
        #expect(server.requests.map { $0.headers["range"] } == ["bytes=30000-"])
        #expect(try lab.store.content.contains(blob) && lab.problems() == [])
    }

    @Test func aDamagedCopyIsNamedAsTheRegistrys() throws {
        let (_, layer) = try publish("damaged", seed: 3)
        let lab = try TransferLab()
        let lying = try proxy { $0.target.contains(layer.digest.hex) ? .wrongByte : .none }
        let error = #expect(throws: ChalkError.self) { try pull("damaged", into: lab, from: lying) }
        let text = error?.description ?? ""
        #expect(
            text.hasPrefix(
                "cannot pull blob \(layer.digest) from \(lying.name)/damaged: what came has digest "))
        #expect(text.hasSuffix("; the registry's copy is damaged; push it again"))
        #expect(try FileSystem.statusIfPresent(partial(lab, layer)) == nil)
    }

    @Test func severalAtOnceFetchABlobOnce() throws {
        let (image, layer) = try publish("many", seed: 4)
        let lab = try TransferLab()
        let proxy = try proxy()
        // Each opens the store for itself, as processes do.
        let path = lab.store.path
        let digests = try IOPool.shared.concurrentMap([0, 1, 2, 3], width: 4) { _ in
            try ImageStore.open(path).pull(
                try Reference("\(proxy.name)/many:1"), platform: .host, TransferLab.client(), jobs: 2
            ) { _ in }.digest
        }
        #expect(digests == [image.digest, image.digest, image.digest, image.digest])
        #expect(proxy.requests.count { $0.method == "GET" && $0.target.contains(layer.digest.hex) } == 1)
        #expect(try lab.problems() == [])
    }

    @Test func pruningTakesWhatIsLeftOfOldPulls() throws {
        let (_, layer) = try publish("old", seed: 5)
        let lab = try TransferLab()
        try cutPull("old", layer, into: lab)
        _ = try lab.store.prune(olderThan: 3_600, isDryRun: false)
        #expect(try FileSystem.statusIfPresent(partial(lab, layer)) != nil)
        _ = try lab.store.prune(olderThan: 0, isDryRun: false)
        #expect(try FileSystem.statusIfPresent(partial(lab, layer)) == nil)
    }
}
