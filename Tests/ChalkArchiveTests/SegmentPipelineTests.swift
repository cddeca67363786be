import ChalkSystem
import Synchronization
import Testing

@testable import ChalkArchive

@Suite struct SegmentPipelineTests {
    private struct Broken: Error {}

    /// Numbers as segments; making, digesting or writing one of them fails.
    private final class Numbers: SegmentWork {
        enum Duty: CaseIterable { case make, digest, write }

        final class Bench {}

        let failing: Duty
        let number: Int
        let seen = Mutex<(digested: [Int], written: [Int])>(([], []))

        init(failing: Duty, at number: Int) {
            self.failing = failing
            self.number = number
        }

        func makeBench() -> Bench { Bench() }

        func make(_ job: Int, at bench: Bench) throws -> Int { try pass(job, .make) }

        func digest(_ product: Int) throws {
            let number = try pass(product, .digest)
            seen.withLock { $0.digested.append(number) }
        }

        func write(_ product: Int) throws {
            let number = try pass(product, .write)
            seen.withLock { $0.written.append(number) }
        }

        private func pass(_ number: Int, _ duty: Duty) throws -> Int {
            if duty == failing, number == self.number { throw Broken() }
            return number
        }
    }

    /// Also where nobody helps: a caller that comes upon the failure itself must not wait for others to tell.
    @Test(arguments: [0, 1, 2, 5], Numbers.Duty.allCases)
    private func whatFailsReachesTheCaller(_ width: Int, _ duty: Numbers.Duty) {
        for number in 0..<12 {
            let work = Numbers(failing: duty, at: number)
            let pipeline = SegmentPipeline(work, width: width)
            var bench: Numbers.Bench?
            #expect(throws: Broken.self) {
                for job in 0..<12 { try pipeline.submit(job, weight: 1, bench: &bench) }
                try pipeline.drain(bench: &bench)
            }
            work.seen.withLock {
                #expect($0.digested == Array(0..<$0.digested.count) && $0.digested.count <= 12)
                #expect($0.written == Array(0..<$0.written.count) && $0.written.count <= 12)
            }
        }
    }
}
