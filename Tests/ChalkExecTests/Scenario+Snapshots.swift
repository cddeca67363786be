import ChalkExec
import ChalkOCI
import ChalkSystem
import Synchronization
import Testing

extension Scenario {
    static let snapshots = [
        Scenario("a layer is unpacked once, however many ask") {
            let lab = try ExecLab()
            let opened = Mutex(0)
            let base = lab.base
            let source = LayerSource(diffID: base.diffID) {
                opened.withLock { $0 += 1 }
                return try base.open()
            }
            let results = try IOPool.shared.concurrentMap(Array(0..<4), width: 4) { _ in
                try lab.store.snapshot(for: [source], cancellation: Cancellation()).directories
            }
            #expect(Set(results).count == 1)
            #expect(opened.withLock { $0 } == 1)
            let id = try #require(ChainID(of: [base.diffID]))
            #expect(results.first == ["\(lab.store.home)/\(id.digest.hex)/fs"])
            #expect(try lab.store.chainIDs() == [id])
        },
        Scenario("a wrong layer never shows") {
            let lab = try ExecLab()
            let base = lab.base
            let wrong = LayerSource(diffID: DiffID(Digest.of([1]))) { try base.open() }
            let message =
                "cannot unpack layer \(wrong.diffID): its content has diffID \(base.diffID);"
                + " the image is damaged or its config is wrong, pull or import it again"
            #expect { try lab.store.snapshot(for: [wrong], cancellation: Cancellation()) } throws: { error in
                (error as? ExecError) == ExecError(.layerMismatch, message)
            }
            #expect(try lab.store.chainIDs() == [])
            #expect(try ExecLab.listing(lab.store.home).filter { !$0.hasPrefix("locks/") } == [])
        },
        Scenario("missing layers are filled in on what is there") {
            let lab = try ExecLab()
            let more = try ["one", "two", "three"].map { try lab.layer($0, files: [$0: $0]) }
            let first = try lab.snapshot(more)
            let middle = try #require(ChainID(of: ([lab.base] + more.prefix(1)).map(\.diffID)))
            #expect(try lab.store.remove(middle) == false)
            withExtendedLifetime(first) {}
        },
        Scenario("a hole in a chain is filled") {
            let lab = try ExecLab()
            let more = try ["one", "two", "three"].map { try lab.layer($0, files: [$0: $0]) }
            let middle = try #require(ChainID(of: ([lab.base] + more.prefix(1)).map(\.diffID)))
            do { _ = try lab.snapshot(more) }
            #expect(try lab.store.remove(middle))
            #expect(!lab.store.contains(middle))
            let done = Mutex<[Int]>([])
            let again = try lab.store.snapshot(for: [lab.base] + more, cancellation: Cancellation()) {
                index in
                done.withLock { $0.append(index) }
            }
            #expect(done.withLock { $0 } == [1])
            #expect(lab.store.contains(middle))
            #expect(try lab.run(lab.request("cat /one /two /three", on: again)).output == "onetwothree")
        },
        Scenario("sweeping takes what nobody uses") {
            let lab = try ExecLab()
            let snapshot = try lab.snapshot()
            let stale = String(repeating: "a", count: 64) + ".partial-x"
            try FileSystem.makeDirectories("\(lab.store.home)/\(stale)/fs", mode: 0o700)
            try FileSystem.makeDirectories("\(lab.store.home)/work/dead/upper/x", mode: 0o700)
            try ExecLab.write("", to: "\(lab.store.home)/work/dead/lock")
            try FileSystem.makeDirectories("\(lab.store.home)/work/unlocked", mode: 0o700)
            let ran = try lab.run(lab.request("touch /used", on: snapshot))
            #expect(try FileSystem.statusIfPresent(lab.store.home + "/work/unlocked") == nil)
            #expect(try FileSystem.statusIfPresent(lab.store.home + "/work/dead") == nil)
            #expect(try lab.store.sweep() == 0)
            #expect(try ExecLab.listing(ran.result.changes.upper) == ["used file"])
            #expect(try FileSystem.statusIfPresent("\(lab.store.home)/\(stale)") == nil)
            try ran.result.changes.remove()
        },
        Scenario("a blob that cannot be opened") {
            let lab = try ExecLab()
            struct Missing: Error {}
            let source = LayerSource(diffID: DiffID(Digest.of([2]))) { throw Missing() }
            #expect(throws: Missing.self) {
                try lab.store.snapshot(for: [source], cancellation: Cancellation())
            }
        },
    ]
}
