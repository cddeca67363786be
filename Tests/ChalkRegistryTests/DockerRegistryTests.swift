import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkRegistry

/// Against Debian's docker-registry 2.8, read back by skopeo.
@Suite struct DockerRegistryTests {
    let client = RegistryClient(options: .testing())

    struct Image {
        let layer: [UInt8]
        let config: [UInt8]
        let manifest: [UInt8]

        init(seed: UInt64, layerSize: Int = 300_000) {
            layer = noise(layerSize, seed: seed)
            var document = ImageConfig(platform: Platform(os: "linux", architecture: "amd64"))
            document.runtime.command = ["/bin/true"]
            document.diffIDs = [DiffID(.of(layer))]
            config = document.encoded()
            let configDescriptor = Descriptor(
                mediaType: .config, digest: .of(config), size: Int64(config.count))
            let layerDescriptor = Descriptor(
                mediaType: .layer, digest: .of(layer), size: Int64(layer.count))
            manifest = Manifest(config: configDescriptor, layers: [layerDescriptor]).encoded()
        }

        var blobs: [[UInt8]] { [layer, config] }
    }

    func push(_ image: Image, to reference: Reference, with client: RegistryClient? = nil) throws
        -> [PushOutcome]
    {
        let client = client ?? self.client
        let outcomes = try image.blobs.map { bytes in
            try client.push(blob: descriptor(bytes), content: { MemorySource(bytes) }, to: reference)
        }
        try client.push(manifest: image.manifest, mediaType: .manifest, to: reference)
        return outcomes
    }

    @Test func pushPullAndReadBack() throws {
        let registry = try DockerRegistry()
        let reference = try Reference("\(registry.name)/library/app:v1")
        let image = Image(seed: 1)
        #expect(try push(image, to: reference) == [.uploaded, .uploaded])
        #expect(
            try client.resolve(reference)
                == Descriptor(
                    mediaType: .manifest, digest: .of(image.manifest), size: Int64(image.manifest.count)))
        #expect(try client.manifest(reference).bytes == image.manifest)
        let byDigest = Reference(
            registry: reference.registry, repository: reference.repository, tag: nil,
            digest: .of(image.manifest))
        #expect(try client.manifest(byDigest).bytes == image.manifest)
        for bytes in image.blobs {
            let sink = MemorySink()
            try client.blob(.of(bytes), size: Int64(bytes.count), from: reference, into: sink)
            #expect(sink.bytes == bytes)
        }
        let inspected = try tool("skopeo", ["inspect", "--tls-verify=false", "docker://\(reference)"])
        #expect(inspected.contains("\"Digest\": \"\(Digest.of(image.manifest))\""))
        #expect(inspected.contains(Digest.of(image.layer).description))

        let directory = NSTemporaryDirectory() + "chalk-skopeo-" + RandomName.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        _ = try tool(
            "skopeo", ["copy", "--src-tls-verify=false", "docker://\(reference)", "dir:\(directory)"])
        #expect(try FileSystem.read(directory + "/manifest.json", limit: 1 << 20) == image.manifest)
        #expect(
            try FileSystem.read(directory + "/" + Digest.of(image.layer).hex, limit: 1 << 20) == image.layer)
    }

    @Test func pushAgainSendsOnlyTheManifest() throws {
        let registry = try DockerRegistry()
        let reference = try Reference("\(registry.name)/app:v1")
        let image = Image(seed: 2)
        _ = try push(image, to: reference)
        let before = registry.requests.count
        #expect(try push(image, to: reference) == [.existed, .existed])
        #expect(
            registry.requests.dropFirst(before) == [
                "HEAD /v2/app/blobs/\(Digest.of(image.layer))",
                "HEAD /v2/app/blobs/\(Digest.of(image.config))",
                "PUT /v2/app/manifests/v1",
            ])
    }

    @Test func mountsBetweenRepositories() throws {
        let registry = try DockerRegistry()
        let base = try Reference("\(registry.name)/base:1")
        let image = Image(seed: 3)
        _ = try push(image, to: base)
        let other = try Reference("\(registry.name)/other:1")
        let layer = image.layer
        #expect(
            try client.push(
                blob: descriptor(layer), content: { MemorySource(layer) }, to: other, mountFrom: base)
                == .mounted)
        #expect(try client.mount(.of(image.config), from: base, to: other))
        #expect(try !client.mount(.of([1, 2, 3]), from: base, to: other))
        try client.push(manifest: image.manifest, mediaType: .manifest, to: other)
        #expect(try client.resolve(other).digest == .of(image.manifest))
    }

    @Test(arguments: [nil, 3 << 20] as [Int64?]) func largeBlob(chunk: Int64?) throws {
        let registry = try DockerRegistry()
        let reference = try Reference("\(registry.name)/app:v1")
        let bytes = noise(20_000_001)
        var options = RegistryOptions.testing()
        options.uploadChunk = chunk
        let client = RegistryClient(options: options)
        #expect(
            try client.push(blob: descriptor(bytes), content: { MemorySource(bytes) }, to: reference)
                == .uploaded)
        let sink = MemorySink()
        try client.blob(.of(bytes), size: Int64(bytes.count), from: reference, into: sink)
        #expect(sink.bytes == bytes)
    }

    @Test func emptyBlobAndMissingThings() throws {
        let registry = try DockerRegistry()
        let reference = try Reference("\(registry.name)/app:v1")
        #expect(
            try client.push(blob: descriptor([]), content: { MemorySource([]) }, to: reference) == .uploaded)
        let sink = MemorySink()
        try client.blob(.of([]), size: 0, from: reference, into: sink)
        #expect(sink.bytes.isEmpty)
        #expect(try !client.blobExists(.of([1]), in: reference))
        let manifest = #expect(throws: RegistryError.self) { try client.manifest(reference) }
        #expect(manifest?.code == .notFound)
        #expect(
            manifest?.description
                == "cannot pull manifest \(reference): the registry answered 404 (manifest unknown)")
        let blob = #expect(throws: RegistryError.self) {
            try client.blob(.of([1]), size: 1, from: reference, into: MemorySink())
        }
        #expect(blob?.code == .notFound)
    }

    @Test func manifestWithoutItsBlobs() throws {
        let registry = try DockerRegistry()
        let reference = try Reference("\(registry.name)/app:v1")
        let image = Image(seed: 4)
        let error = #expect(throws: RegistryError.self) {
            try client.push(manifest: image.manifest, mediaType: .manifest, to: reference)
        }
        #expect(error?.code == .notFound || error?.code == .refused)
        #expect(error?.description.contains("manifest blob unknown: blob unknown to registry") == true)
    }

    @Test func wrongBytesAreRefused() throws {
        let registry = try DockerRegistry()
        let reference = try Reference("\(registry.name)/app:v1")
        let wanted = noise(1_000, seed: 5)
        for other in [noise(1_000, seed: 6)] {
            let error = #expect(throws: RegistryError.self) {
                try client.push(blob: descriptor(wanted), content: { MemorySource(other) }, to: reference)
            }
            #expect(error?.code == .refused)
            #expect(error?.description.contains("the registry answered 400 (digest invalid") == true)
        }
        #expect(try !client.blobExists(.of(wanted), in: reference))
    }

    @Test func manyThreads() throws {
        let registry = try DockerRegistry()
        let reference = try Reference("\(registry.name)/app:v1")
        let client = client
        let blobs = (0..<24).map { noise(50_000, seed: 100 + $0) }
        _ = try IOPool.shared.concurrentMap(blobs, width: 6) { bytes in
            try client.push(blob: descriptor(bytes), content: { MemorySource(bytes) }, to: reference)
        }
        let pulled = try IOPool.shared.concurrentMap(blobs, width: 6) { bytes in
            let sink = MemorySink()
            try client.blob(.of(bytes), size: Int64(bytes.count), from: reference, into: sink)
            return sink.bytes
        }
        #expect(pulled == blobs)
    }

    @Test func accounts() throws {
        let users = NSTemporaryDirectory() + "chalk-users-" + RandomName.make()
        defer { try? FileManager.default.removeItem(atPath: users) }
        // bcrypt of "hunter2" for "me", cost 4.
        try "me:$2y$04$abcdefghijklmnopqrstuuV3duMsC0HpUex6N9qapiuOHHWkwRXVm\n".write(
            toFile: users, atomically: true, encoding: .utf8)
        let registry = try DockerRegistry(users: users)
        let reference = try Reference("\(registry.name)/app:v1")
        let image = Image(seed: 7)
        let error = #expect(throws: RegistryError.self) { try push(image, to: reference) }
        #expect(error?.code == .unauthorized)
        var options = RegistryOptions.testing()
        options.credentials = FixedCredentials()
        let known = RegistryClient(options: options)
        #expect(try push(image, to: reference, with: known) == [.uploaded, .uploaded])
        #expect(try known.resolve(reference).digest == .of(image.manifest))
    }
}
