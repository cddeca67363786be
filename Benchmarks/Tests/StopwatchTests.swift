import Foundation
import Testing

@testable import bench

struct StopwatchTests {
    private let directory = NSTemporaryDirectory() + "bench-stopwatch-\(UUID().uuidString)"

    private func stopwatch() throws -> Stopwatch {
        try Files.makeDirectory(directory)
        return Stopwatch(log: "\(directory)/log")
    }

    @Test func pipelinesArePipes() throws {
        let stopwatch = try stopwatch()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Files.write("b\na\n", to: "\(directory)/in")
        try stopwatch.run(
            Pipeline(
                Command("sort"), Command(["sed", "s/$/!/"]), input: "\(directory)/in",
                output: "\(directory)/out"))
        #expect(try Files.text("\(directory)/out") == "a!\nb!\n")
    }

    @Test func everyCommandOfAPipelineMustSucceed() throws {
        let stopwatch = try stopwatch()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let failing = Pipeline(Command("sh", "-c", "echo why >&2; exit 3"), Command("cat"))
        let error = #expect(throws: BenchError.self) { try stopwatch.run(failing) }
        #expect(error?.description == "sh failed in `sh -c echo why >&2; exit 3 | cat`: why\n")
        #expect(throws: BenchError.self) {
            try stopwatch.run(Pipeline(Command("yes"), Command("not-a-program")))
        }
    }

    @Test func costsAreThoseOfTheWholeTree() throws {
        let stopwatch = try stopwatch()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = "\(directory)/file"
        // A grandchild that fills 40 MB of memory, and writes as much to a file that is gone at the end.
        let write = "dd if=/dev/zero of=\(file) bs=40M count=1 iflag=fullblock status=none; rm \(file)"
        let cost = try stopwatch.time([Pipeline(["sh", "-c", "sh -c '\(write)'; true"])]).cost
        #expect(cost.peak > 40 << 20)
        #expect(cost.peak < 120 << 20)
        // Nil or zero where the directory is not on a disk.
        if let written = cost.written, written > 0 { #expect(written >= 40 << 20) }
    }

    @Test func variablesReachTheCommand() throws {
        let stopwatch = try stopwatch()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let command = Command(["sh", "-c", "echo $BENCH_WORD"], environment: ["BENCH_WORD": "here"])
        #expect(try stopwatch.output(of: command) == "here\n")
    }

    @Test func daemonsThatDoNotStartSayWhy() throws {
        _ = try stopwatch()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let daemon = try Daemon(["sh", "-c", "echo no socket >&2; exit 1"], log: "\(directory)/daemon")
        let error = #expect(throws: BenchError.self) { try daemon.wait { false } }
        #expect(error?.description == "sh did not start: no socket\n")
    }
}
