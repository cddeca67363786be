import ChalkOCI
import ChalkRegistry
import ChalkStore
import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkImage

/// Time that passes at once.
struct ImpatientClock: RegistryClock {
    func uptime() -> Duration { SystemClock().uptime() }
    func now() -> Int64 { SystemClock().now() }
    func sleep(_ duration: Duration, _ cancellation: Cancellation) throws { try cancellation.check() }
}

/// One account for everybody.
struct OneAccount: CredentialProvider {
    static let authorization = "Basic " + Data("me:hunter2".utf8).base64EncodedString()

    func credential(for registry: String, repository: String) -> Credential? {
        .basic(username: "me", password: "hunter2")
    }
}

/// A store in a directory that goes away with the value.
final class TransferLab {
    let store: ImageStore
    private let directory: String

    init() throws {
        directory = NSTemporaryDirectory() + "chalk-transfer-" + RandomName.make()
        store = try ImageStore.open(directory + "/store")
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Keeps an image of layers of noise under a name.
    @discardableResult
    func makeImage(
        _ name: String, layers sizes: [Int], seed: UInt64, platform: Platform = .host
    ) throws -> Descriptor {
        let content = store.content
        var config = ImageConfig(platform: platform)
        config.runtime.command = ["/bin/true"]
        var layers: [Descriptor] = []
        for (index, size) in sizes.enumerated() {
            let bytes = TransferLab.noise(size, seed: seed &* 100 &+ UInt64(index))
            layers.append(Descriptor(mediaType: .layer, digest: try content.put(bytes), size: Int64(size)))
            config.diffIDs.append(DiffID(.of(bytes)))
        }
        let configBytes = config.encoded()
        let manifest = Manifest(
            config: Descriptor(
                mediaType: .config, digest: try content.put(configBytes), size: Int64(configBytes.count)),
            layers: layers)
        let bytes = manifest.encoded()
        let descriptor = Descriptor(
            mediaType: .manifest, digest: try content.put(bytes), size: Int64(bytes.count))
        try content.references.set(try Reference(name).withDefaultTag, to: descriptor)
        return descriptor
    }

    /// What `verify` says of the store.
    func problems() throws -> [String] { try store.verify(cancellation: Cancellation()).problems }

    /// A client that does not wait.
    static func client(retry: RetryPolicy = 3, chunk: Int64? = 1 << 20) -> RegistryClient {
        var options = RegistryOptions()
        options.clock = ImpatientClock()
        options.retry = retry
        options.uploadChunk = chunk
        options.credentials = OneAccount()
        return RegistryClient(options: options)
    }

    /// Bytes that do not compress and are the same each time.
    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let words = (0..<count / 8 + 1).map { _ in random.next() }
        return words.withUnsafeBytes { Array($0.prefix(count)) }
    }
}
