internal import ChalkSystem
private import Synchronization

/// What a ``SegmentPipeline`` does with its segments.
protocol SegmentWork: AnyObject, Sendable {
    /// What a segment is made from.
    associatedtype Job: Sendable
    /// A segment: its bytes and what they were compressed to.
    associatedtype Product: Sendable
    /// What one thread keeps from segment to segment: an encoder, open directories.
    associatedtype Bench: AnyObject

    func makeBench() throws -> Bench
    /// Makes a segment: on any thread, in any order, several at once.
    func make(_ job: Job, at bench: Bench) throws -> Product
    /// Takes the segments' bytes, in order and one at a time.
    func digest(_ product: Product) throws
    /// Takes what they were compressed to, in order and one at a time, but not in step with ``digest(_:)``.
    func write(_ product: Product) throws
}

/// Makes segments on all cores and hands them on in order; holds a bounded number of them.
///
/// There are three duties: making the next segment, digesting the next one made, writing the next one made.
/// Every thread, the caller's among them, takes whichever can be done, so no core waits for another's chain.
/// Helpers leave when nothing can be done; since the caller does every duty itself where it must, writers on
/// threads of one pool cannot wait for each other. The first segment waits for a second: a layer of one segment is
/// made by its caller and starts no thread.
final class SegmentPipeline<Work: SegmentWork>: Sendable {
    private struct Slot {
        var job: Work.Job?
        var product: Result<Work.Product, any Error>?
        let weight: Int
    }

    private struct State {
        /// Segments from number `first` on that are not digested and written yet.
        var slots: [Slot] = []
        var first = 0
        /// Bytes of those segments.
        var weight = 0
        /// Numbers of the segments whose turn it is.
        var making = 0
        var digesting = 0
        var writing = 0
        var isDigesting = false
        var isWriting = false
        var helpers = 0
        var callerWaits = false
        var failure: (any Error)?

        var submitted: Int { first + slots.count }

        func product(_ number: Int) -> Result<Work.Product, any Error>? {
            number < submitted ? slots[number - first].product : nil
        }

        /// Whether a thread that looked for a duty would find one.
        var hasDuty: Bool {
            failure == nil
                && (making < submitted || !isDigesting && product(digesting) != nil
                    || !isWriting && product(writing) != nil)
        }
    }

    private enum Duty {
        case make(Int, Work.Job)
        case digest(Work.Product)
        case write(Work.Product)
    }

    private enum Turn {
        case done
        case duty(Duty)
        case wait
    }

    private let work: Work
    private let width: Int
    private let mostBytes: Int
    private let state = Mutex(State())
    private let progress = WaitPoint()

    init(_ work: Work, width: Int = IOPool.processorCount) {
        self.work = work
        self.width = width
        mostBytes = max(6 << 20, width * (3 << 20))
    }

    /// Takes the next segment; only one thread submits and finishes, with one bench of its own.
    ///
    /// - Parameter weight: the segment's bytes.
    func submit(_ job: Work.Job, weight: Int, bench: inout Work.Bench?) throws {
        try work(at: &bench) { [width, mostBytes] in
            $0.slots.isEmpty || $0.slots.count < 3 * width + 1 && $0.weight + weight <= mostBytes
        }
        state.withLock { state in
            state.slots.append(Slot(job: job, product: nil, weight: weight))
            state.weight += weight
        }
        recruit()
    }

    /// Returns when every segment so far was digested and written.
    func drain(bench: inout Work.Bench?) throws {
        try work(at: &bench) { $0.slots.isEmpty }
    }

    // MARK: Threads

    /// Works along until something holds.
    private func work(at bench: inout Work.Bench?, until isMet: @Sendable (State) -> Bool) throws {
        while true {
            let turn = try state.withLock { state throws -> Turn in
                if state.failure == nil {
                    if isMet(state) { return .done }
                    if let duty = Self.take(&state) { return .duty(duty) }
                }
                // Taking may have come upon the failure, after which nobody else would signal. Whoever gets the
                // error may close what the duties still work on.
                if let failure = state.failure, !state.isDigesting, !state.isWriting { throw failure }
                state.callerWaits = true
                return .wait
            }
            switch turn {
            case .done: return
            case .duty(let duty): perform(duty, at: &bench)
            case .wait: progress.wait()
            }
        }
    }

    /// Works as long as there is something to do.
    private func help() {
        var bench: Work.Bench?
        while let duty = state.withLock({ state -> Duty? in
            let duty = Self.take(&state)
            // Decided under the lock, so that a duty that comes up meanwhile finds a helper or starts one.
            if duty == nil { state.helpers -= 1 }
            return duty
        }) {
            perform(duty, at: &bench)
        }
    }

    /// Starts one more helper where there is a duty for it.
    private func recruit() {
        let isWanted = state.withLock { state in
            guard state.helpers < width, state.submitted > 1, state.hasDuty else { return false }
            state.helpers += 1
            return true
        }
        if isWanted { IOPool.shared.submit { [self] in help() } }
    }

    // MARK: Duties

    /// The chain of digests comes first: it is the longest that no second core can shorten.
    private static func take(_ state: inout State) -> Duty? {
        if state.failure != nil { return nil }
        if !state.isDigesting, let product = state.product(state.digesting) {
            switch product {
            case .success(let product):
                state.isDigesting = true
                return .digest(product)
            case .failure(let error):
                state.failure = error
                return nil
            }
        }
        if !state.isWriting, case .success(let product)? = state.product(state.writing) {
            state.isWriting = true
            return .write(product)
        }
        let number = state.making
        guard number < state.submitted, let job = state.slots[number - state.first].job else { return nil }
        state.slots[number - state.first].job = nil
        state.making += 1
        return .make(number, job)
    }

    private func perform(_ duty: Duty, at bench: inout Work.Bench?) {
        var failure: (any Error)?
        var made: Result<Work.Product, any Error>?
        do {
            switch duty {
            case .digest(let product): try work.digest(product)
            case .write(let product): try work.write(product)
            case .make(_, let job): made = .success(try make(job, at: &bench))
            }
        } catch {
            if case .make = duty { made = .failure(error) } else { failure = error }
        }
        let wakesCaller = state.withLock { state in
            switch duty {
            case .digest:
                state.isDigesting = false
                state.digesting += 1
            case .write:
                state.isWriting = false
                state.writing += 1
            case .make(let number, _):
                state.slots[number - state.first].product = made
            }
            if state.failure == nil { state.failure = failure }
            while let oldest = state.slots.first, state.first < min(state.digesting, state.writing) {
                state.weight -= oldest.weight
                state.slots.removeFirst()
                state.first += 1
            }
            defer { state.callerWaits = false }
            return state.callerWaits
        }
        if wakesCaller { progress.signal() }
        recruit()
    }

    private func make(_ job: Work.Job, at bench: inout Work.Bench?) throws -> Work.Product {
        let kept = try bench ?? work.makeBench()
        bench = kept
        return try work.make(job, at: kept)
    }
}
