import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

/// Two processes write one volume in batches, and one is killed at any moment.
@Suite("Writers of one volume")
struct VolumeWritersTests {
    private static let width = 6

    /// Batches of a round in this process.
    private static let most = 60

    /// Rounds, each with a process that is killed; a few by default.
    static let rounds = Int(ProcessInfo.processInfo.environment["CHALK_TEST_VOLUME_ROUNDS"] ?? "3") ?? 3

    /// One batch: every file of it says the same, a batch of another writer says it of the same files.
    static func write(_ store: ContentStore, _ writer: String, _ number: Int) throws {
        try store.volumes.change(VolumeName("data"), origin: "put") { intake in
            let bytes = Array("\(writer) \(number)".utf8)
            return try (0..<width).map { index in
                .put(
                    try VolumePath("d\(index % 2)/f\(index)"),
                    try intake.file(MemorySource(bytes)))
            }
        }
    }

    /// Writes batches until the process is killed, a given time from now.
    static func writeUntilKilled(in path: String, after nanoseconds: UInt64) throws {
        let end = DispatchTime.now().uptimeNanoseconds + nanoseconds
        ChalkSystem.Thread.start {
            while DispatchTime.now().uptimeNanoseconds < end {}
            CrashTests.die()
        }
        let store = try ContentStore.open(at: path + "/store", create: false)
        var number = 0
        while true {
            // Now and then as a container does it.
            if number % 5 == 4 {
                let use = try store.volumes.attach(VolumeName("data"))
                try Data("killed \(number)".utf8).write(to: URL(fileURLWithPath: use.path + "/own"))
                try use.detach()
            }
            try write(store, "killed", number)
            number += 1
        }
    }

    @Test("Every version that was ever visible is whole")
    func whole() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        try await withSandbox { path in
            let lab = try VolumeLab(path)
            try Self.write(lab.store, "first", 0)
            for round in 0..<Self.rounds {
                // From a fraction of a batch to many.
                let nanoseconds = (seed &* UInt64(round + 1) &* 6_364_136_223_846_793_005 >> 33) % 120_000_000
                let isOver = Flag()
                async let mine: Void = Task.detached {
                    let store = try ContentStore.open(at: path + "/store", create: false)
                    var number = 0
                    while number < 3 || !isOver.isSet && number < Self.most {
                        try Self.write(store, "mine \(round)", number)
                        number += 1
                    }
                }.value
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [path = path as String, nanoseconds = nanoseconds as UInt64] in
                    try VolumeWritersTests.writeUntilKilled(in: path, after: nanoseconds)
                }
                isOver.set()
                try await mine
                // What it wrote as a container does is in a version, whatever it was doing when it died.
                let own = try? text(lab.live + "/own")
                #expect(try lab.files()["own"] == own, "seed \(seed), round \(round)")
            }
            let versions = try lab.store.volumes.versions(lab.name)
            #expect(versions.last?.origin == "create")
            for version in versions.dropLast() {
                let files = try lab.files(version).filter { $0.key != "own" }
                #expect(files.count == Self.width && Set(files.values).count == 1, "seed \(seed): \(files)")
            }
            #expect(try lab.store.verify() == [])
        }
    }
}

/// Set once, looked at by others.
private final class Flag: Sendable {
    private let cancellation = Cancellation()
    var isSet: Bool { cancellation.isCancelled }
    func set() { cancellation.cancel() }
}
