import ChalkOCI
import ChalkRegistry
import ChalkStore
import ChalkSystem
import ChalkTestSupport
import Foundation
import Synchronization
import Testing

@testable import ChalkImage

/// Pushes to Debian's docker-registry, every request counted at a proxy.
@Suite struct PushTests {
    private let proxy: FaultProxy
    private let registryName: String

    init() throws {
        let registry = try SharedRegistry.get()
        registryName = registry.name
        proxy = try FaultProxy(to: UInt16(registry.port))
    }

    private func push(
        _ lab: TransferLab, _ image: Descriptor, _ names: String..., client: RegistryClient? = nil
    ) throws -> TransferTotals {
        try lab.store.push(
            image, to: names.map { try Reference("\(proxy.name)/\($0)") }, client ?? TransferLab.client(),
            jobs: 2
        ) { _ in }.totals
    }

    private func pulled(_ name: String, platform: Platform? = .host) throws -> Digest {
        let lab = try TransferLab()
        let digest = try lab.store.pull(
            try Reference("\(registryName)/\(name)"), platform: platform, TransferLab.client(), jobs: 2
        ) { _ in }.digest
        #expect(try lab.problems() == [])
        return digest
    }

    @Test func aRepushOnlyLooksOnce() throws {
        let lab = try TransferLab()
        let image = try lab.makeImage("sample", layers: [4_500_000, 100_000, 10], seed: 1)
        let first = try push(lab, image, "again:1")
        #expect(first.bytesSent > 4_600_000 && first.bytesSkipped == 0 && first.bytesMounted == 0)
        #expect(first.retries == 0 && first.requests == proxy.requests.count)
        proxy.clear()
        let second = try push(lab, image, "again:1")
        let seen = proxy.requests.map(\.description)
        // Three layers, the config, the manifest, and whether groups are noted beside the tag.
        #expect(seen.count == 6 && Set(seen).count == 6, "\(seen)")
        #expect(seen.allSatisfy { $0.hasPrefix("HEAD ") }, "\(seen)")
        #expect(second.bytesSent == 0 && second.requests == 6)
        #expect(second.bytesSkipped == (try lab.size(of: image)))
        // Another tag costs its own HEADs and the PUT of the manifest.
        proxy.clear()
        _ = try push(lab, image, "again:1", "again:2")
        #expect(
            proxy.requests.filter { !$0.description.hasPrefix("HEAD ") }.map(\.description)
                == ["PUT /v2/again/manifests/2"])
        #expect(proxy.requests.count == 9)
        #expect(try pulled("again:2") == image.digest)
    }

    @Test func whatOneRepositoryHasOthersMount() throws {
        let lab = try TransferLab()
        let image = try lab.makeImage("sample", layers: [100_000, 20_000], seed: 2)
        let totals = try push(lab, image, "one:1", "two:1", "one:2")
        let size = try lab.size(of: image)
        #expect(totals.bytesMounted == size)
        let uploads = proxy.requests.filter { $0.method == "PUT" && $0.target.contains("/uploads/") }
        #expect(uploads.allSatisfy { $0.target.hasPrefix("/v2/one/") } && uploads.count == 3)
        #expect(try pulled("two:1") == image.digest)
        // A later push remembers who has what.
        proxy.clear()
        let later = try push(lab, image, "three:1")
        #expect(later.bytesMounted == size)
        #expect(proxy.requests.contains { $0.target.contains("from=") })
        #expect(try pulled("three:1") == image.digest)
        #expect(try pulled("one:2") == image.digest)
    }

    @Test func anUploadIsGoneOnWithByTheNextProcess() throws {
        let isBroken = Mutex(true)
        let patches = Mutex(0)
        let proxy = try FaultProxy(to: UInt16(SharedRegistry.get().port)) { request in
            guard request.method == "PATCH", isBroken.withLock({ $0 }) else { return .none }
            let number = patches.withLock { number in
                number += 1
                return number
            }
            // Three of six pieces get through, then the line is dead.
            return number > 3 ? .cutRequest(after: 0) : .none
        }
        let lab = try TransferLab()
        let image = try lab.makeImage("sample", layers: [12 << 20], seed: 3)
        let target = try Reference("\(proxy.name)/resumed:1")
        let error = #expect(throws: RegistryError.self) {
            try lab.store.push(image, to: [target], TransferLab.client(retry: 0, chunk: 2 << 20), jobs: 1) {
                _ in
            }
        }
        #expect(error?.code == .network)
        isBroken.withLock { $0 = false }
        let before = proxy.requests.count
        let totals = try lab.store.push(
            image, to: [target], TransferLab.client(chunk: 2 << 20), jobs: 1
        ) { _ in }.totals
        let asked = proxy.requests.dropFirst(before)
        #expect(asked.contains { $0.method == "GET" && $0.target.contains("/uploads/") })
        #expect(totals.bytesSent < 7 << 20, "\(asked)")
        #expect(try pulled("resumed:1") == image.digest)
    }

    @Test func aSessionThatIsGoneIsNoFailure() throws {
        let isBroken = Mutex(true)
        let proxy = try FaultProxy(to: UInt16(SharedRegistry.get().port)) { request in
            // A torn piece ends the session with this registry.
            request.method == "PATCH" && isBroken.withLock { $0 } ? .cutRequest(after: 500_000) : .none
        }
        let lab = try TransferLab()
        let image = try lab.makeImage("sample", layers: [5 << 20], seed: 4)
        let target = try Reference("\(proxy.name)/gone:1")
        #expect(throws: RegistryError.self) {
            try lab.store.push(image, to: [target], TransferLab.client(retry: 0), jobs: 1) { _ in }
        }
        isBroken.withLock { $0 = false }
        _ = try lab.store.push(image, to: [target], TransferLab.client(), jobs: 1) { _ in }
        #expect(try pulled("gone:1") == image.digest)
    }

    @Test func aDamagedBlobIsNamedAsOurs() throws {
        let lab = try TransferLab()
        let image = try lab.makeImage("sample", layers: [1_000], seed: 5)
        let layer = try #require(try lab.store.stored("sample").manifest.layers.first)
        let path = "\(lab.store.path)/blobs/sha256/\(layer.digest.hex)"
        try Data(repeating: 7, count: 1_000).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: StoreError.self) { try push(lab, image, "damaged:1") }
        #expect(error?.code == .mismatch)
        #expect(error?.description.hasPrefix("blob \(layer.digest) from the store ") == true)
    }

    @Test func anIndexGoesWithAllItsImages() throws {
        let lab = try TransferLab()
        let arm = Platform(os: "linux", architecture: "arm64")
        let images = [
            try lab.makeImage("a", layers: [5_000], seed: 6),
            try lab.makeImage("b", layers: [6_000], seed: 7, platform: arm),
        ]
        let entries = zip(images, [Platform.host, arm]).map { image, platform in
            var entry = image
            entry.platform = platform
            return entry
        }
        let bytes = Index(manifests: entries).encoded()
        let index = Descriptor(
            mediaType: .index, digest: try lab.store.content.put(bytes), size: Int64(bytes.count))
        _ = try push(lab, index, "several:1")
        #expect(try pulled("several:1", platform: nil) == index.digest)
        #expect(try pulled("several:1", platform: arm) == images[1].digest)
        proxy.clear()
        _ = try push(lab, index, "several:1")
        // A layer and a config of each, both manifests, the index, its groups.
        #expect(proxy.requests.count == 8 && proxy.requests.allSatisfy { $0.method == "HEAD" })

        // Without one of its images it is not pushed.
        let pulledOne = try TransferLab()
        _ = try pulledOne.store.content.put(bytes)
        let error = #expect(throws: ChalkError.self) { try push(pulledOne, index, "half:1") }
        #expect(error?.kind == .notFound)
        #expect(
            error?.description
                == "cannot push index \(index.digest): its image for \(Platform.host) is not in the store; pull or import it with --all-platforms"
        )
    }

    @Test func referrersAreFoundWhereTheRegistryKeepsNone() throws {
        let lab = try TransferLab()
        let image = try lab.makeImage("sample", layers: [1_000], seed: 8)
        _ = try push(lab, image, "subject:1")
        let place = try Reference("\(registryName)/subject:1")
        let client = TransferLab.client()
        #expect(try client.referrers(of: image.digest, in: place) == [])
        let empty = Array("{}".utf8)
        let config = Descriptor(
            mediaType: MediaType("application/vnd.oci.empty.v1+json"), digest: .of(empty), size: 2)
        try client.push(blob: config, content: { MemorySource(empty) }, to: place)
        var attached: [Digest] = []
        for number in ["1", "2"] {
            let manifest = Manifest(
                artifactType: "application/x-note-\(number)", config: config, layers: [config],
                subject: image, annotations: ["note": number])
            for _ in 0..<2 { try client.attach(manifest: manifest.encoded(), to: place) }
            attached.append(.of(manifest.encoded()))
        }
        let found = try client.referrers(of: image.digest, in: place)
        #expect(found.map(\.digest) == attached)
        #expect(found.map(\.annotations) == [["note": "1"], ["note": "2"]])
        #expect(
            try client.referrers(of: image.digest, in: place, artifactType: "application/x-note-2").map(
                \.digest)
                == [attached[1]])
        let tag = try client.manifest(try Reference("\(place.name):sha256-\(image.digest.hex)"))
        #expect(tag.descriptor.mediaType == .index)
        let error = #expect(throws: RegistryError.self) {
            try client.attach(manifest: try lab.store.content.read(image.digest), to: place)
        }
        #expect(error?.description.hasSuffix("it has no subject") == true)
    }
}

extension TransferLab {
    /// Bytes of an image's layers and config.
    func size(of image: Descriptor) throws -> Int64 {
        let manifest = try Manifest(parsing: store.content.read(image.digest))
        return (manifest.layers + [manifest.config]).reduce(0) { $0 + $1.size }
    }
}
