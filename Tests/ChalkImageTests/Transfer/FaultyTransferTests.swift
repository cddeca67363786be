import ChalkOCI
import ChalkRegistry
import ChalkStore
import ChalkSystem
import ChalkTestSupport
import Foundation
import Synchronization
import Testing

@testable import ChalkImage

/// Pushes and pulls through a proxy that does everything wrong: each ends right or with a clear error, and nobody
/// ever holds a wrong byte. `CHALK_FAULT_ROUNDS` says how many of each (4).
@Suite struct FaultyTransferTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["CHALK_FAULT_ROUNDS"].flatMap { Int($0) } ?? 4
    private static let sizes = [4_500_000, 200_000, 3_000]
    private let registry: DockerRegistry
    private let storage: FaultProxy

    init() throws {
        registry = try SharedRegistry.get()
        storage = try FaultProxy(to: UInt16(registry.port))
    }

    /// A proxy that asks for an account and lets about one request in five go wrong.
    private func proxy(seed: UInt64) throws -> FaultProxy {
        let random = Mutex(SeededGenerator(seed: seed))
        let elsewhere = storage.name
        return try FaultProxy(to: UInt16(registry.port), demanding: OneAccount.authorization) { request in
            random.withLock { FaultyTransferTests.fault(for: request, elsewhere, &$0) }
        }
    }

    private static func fault(
        for request: FaultProxy.Request, _ elsewhere: String, _ random: inout SeededGenerator
    ) -> FaultProxy.Fault {
        guard Int.random(in: 0..<5, using: &random) == 0 else { return .none }
        let most = max(1, request.length)
        let statuses = [500, 502, 503, 429]
        let status = statuses[Int.random(in: 0..<4, using: &random)]
        // What no client can repair comes seldom, or hardly any transfer would end well.
        let kinds: Range<Int> = Int.random(in: 0..<8, using: &random) == 0 ? 8..<13 : 0..<8
        switch Int.random(in: kinds, using: &random) {
        case 0, 1: return .cutRequest(after: Int.random(in: 0..<most, using: &random))
        case 2, 3: return .cutAnswer(after: Int.random(in: 0..<2_000_000, using: &random))
        case 4: return .refused(status)
        case 5: return .denied(status)
        case 6: return .lost
        case 7: return .slow
        case 8: return .wrongLength(Int.random(in: -50...50, using: &random))
        case 9: return .wrongByte
        case 10: return .gzip
        case 11: return .hugeHead
        default: return request.method == "GET" || request.method == "PUT" ? .redirected(elsewhere) : .none
        }
    }

    @Test func pushesEndRightOrClear() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let lab = try TransferLab()
        var good = 0
        for round in 0..<Self.rounds {
            let turn = seed &+ UInt64(round)
            let image = try lab.makeImage("sample", layers: Self.sizes, seed: turn)
            let proxy = try proxy(seed: turn)
            let target = try Reference("\(proxy.name)/push\(round):1")
            let isDone = try ends("seed \(turn)") {
                try lab.store.push(image, to: [target], TransferLab.client(), jobs: 2) { _ in }
            }
            let there = try Reference("\(registry.name)/push\(round):1")
            if isDone {
                good += 1
                #expect(
                    try TransferLab.client().manifest(there).descriptor.digest == image.digest, "seed \(turn)"
                )
            }
            // Whatever has happened, a push that nothing disturbs goes through.
            _ = try lab.store.push(image, to: [there], TransferLab.client(), jobs: 2) { _ in }
            try pullsWhole(image, there, "seed \(turn)")
            if Self.rounds > 20, round % 20 == 0 { print("push \(round): \(good) went through") }
        }
        #expect(good > 0, "seed \(seed)")
        try expectCleanRegistry("seed \(seed)")
    }

    @Test func pullsEndRightOrClear() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let source = try TransferLab()
        var good = 0
        for round in 0..<Self.rounds {
            let turn = seed &+ UInt64(round)
            if round % 10 == 0 {
                let image = try source.makeImage("sample", layers: Self.sizes, seed: turn)
                let there = try Reference("\(registry.name)/pull:1")
                _ = try source.store.push(image, to: [there], TransferLab.client(), jobs: 2) { _ in }
            }
            let digest = try source.store.descriptor(named: "sample").digest
            let proxy = try proxy(seed: turn)
            let lab = try TransferLab()
            let isDone = try ends("seed \(turn)") {
                try lab.store.pull(
                    try Reference("\(proxy.name)/pull:1"), platform: .host, TransferLab.client(), jobs: 2
                ) { _ in }
            }
            if isDone { good += 1 }
            #expect(try lab.problems() == [], "seed \(turn)")
            // What a pull that failed has left does not harm the next.
            let clean = try lab.store.pull(
                try Reference("\(registry.name)/pull:1"), platform: .host, TransferLab.client(), jobs: 2
            ) { _ in }
            #expect(clean.digest == digest, "seed \(turn)")
            #expect(try lab.problems() == [], "seed \(turn)")
            if Self.rounds > 20, round % 20 == 0 { print("pull \(round): \(good) went through") }
        }
        #expect(good > 0, "seed \(seed)")
        try expectCleanRegistry("seed \(seed)")
    }

    /// Whether a transfer went through; if not, its error must be one sentence that says what was being done.
    private func ends(_ note: String, _ body: () throws -> TransferResult) throws -> Bool {
        do {
            _ = try body()
            return true
        } catch {
            let text = "\(error)"
            #expect(text.hasPrefix("cannot ") || text.hasPrefix("blob "), "\(note): \(text)")
            #expect(!text.contains("\n") && text.count < 600 && !text.contains("hunter2"), "\(note): \(text)")
            return false
        }
    }

    private func pullsWhole(_ image: Descriptor, _ reference: Reference, _ note: String) throws {
        let lab = try TransferLab()
        let pulled = try lab.store.pull(reference, platform: .host, TransferLab.client(), jobs: 2) { _ in }
        #expect(pulled.digest == image.digest, "\(note)")
        #expect(try lab.problems() == [], "\(note)")
    }

    /// Every blob in the registry's storage has the bytes of its name, and no credential went where it should not.
    private func expectCleanRegistry(_ note: String) throws {
        let root = registry.directory + "/storage/docker/registry/v2/blobs/sha256"
        var count = 0
        for prefix in try FileManager.default.contentsOfDirectory(atPath: root) {
            for hex in try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(prefix)") {
                let bytes = try FileSystem.read("\(root)/\(prefix)/\(hex)/data", limit: 1 << 28)
                #expect(Digest.of(bytes).hex == hex, "\(note)")
                count += 1
            }
        }
        #expect(count > 0)
        #expect(storage.requests.allSatisfy { $0.headers["authorization"] == nil }, "\(note)")
    }
}
