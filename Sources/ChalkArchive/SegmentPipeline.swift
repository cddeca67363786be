internal import ChalkSystem
private import Synchronization

/// Compresses segments on all cores and writes them in order; holds a bounded number of them.
///
/// The first segment waits for a second: a layer of one segment is compressed by its caller and starts no
/// thread. Only the caller touches the sink. A caller that must wait compresses what nobody has begun, so
/// writers on threads of the same pool cannot wait for each other.
final class SegmentPipeline {
    /// One segment on its way; `done` is signalled once, after `output` is set.
    private final class Slot: Sendable {
        let input: [UInt8]
        let output = Mutex<Result<[UInt8], any Error>?>(nil)
        let done = WaitPoint()

        init(_ input: [UInt8]) { self.input = input }
    }

    private struct Queue: Sendable {
        var slots: [Slot] = []
        var helpers = 0
    }

    /// What helpers share with the caller.
    private final class Shared: Sendable {
        let compression: LayerCompression
        let queue = Mutex(Queue())

        init(_ compression: LayerCompression) { self.compression = compression }

        /// Compresses one waiting segment; false when there is none.
        func step(_ encoder: inout (any SegmentEncoder)?) -> Bool {
            guard let slot = queue.withLock({ $0.slots.isEmpty ? nil : $0.slots.removeFirst() }) else {
                return false
            }
            let result = Result { () throws -> [UInt8] in
                if encoder == nil { encoder = try compression.makeEncoder() }
                return try encoder?.encode(slot.input) ?? slot.input
            }
            slot.output.withLock { $0 = result }
            slot.done.signal()
            return true
        }

        /// Works until nothing waits.
        func help() {
            var encoder: (any SegmentEncoder)?
            repeat {
                while step(&encoder) {}
            } while queue.withLock({ queue in
                // Decided under the lock, so that a segment put in meanwhile finds a helper or starts one.
                if queue.slots.isEmpty { queue.helpers -= 1 }
                return !queue.slots.isEmpty
            })
        }
    }

    private let shared: Shared
    private let sink: any ByteSink
    private let width: Int
    private let mostBytes: Int
    private var held: [UInt8]?
    private var inFlight: [Slot] = []
    private var inFlightBytes = 0
    private var encoder: (any SegmentEncoder)?
    /// Bytes that went to the sink.
    private(set) var written: Int64 = 0
    /// Segments that came in.
    private(set) var count = 0

    init(compression: LayerCompression, sink: any ByteSink, width: Int = IOPool.processorCount) {
        shared = Shared(compression)
        self.sink = sink
        self.width = width
        mostBytes = max(12 << 20, width * (3 << 20))
    }

    /// Takes the next segment.
    func submit(_ segment: [UInt8]) throws {
        count += 1
        if shared.compression == .none { return try put(segment) }
        if count == 1 {
            held = segment
            return
        }
        if let first = held {
            held = nil
            try enqueue(first)
        }
        try enqueue(segment)
    }

    /// Writes all that is under way.
    func finish() throws {
        if let only = held {
            held = nil
            if encoder == nil { encoder = try shared.compression.makeEncoder() }
            try put(encoder?.encode(only) ?? only)
        }
        while !inFlight.isEmpty { try writeOldest() }
    }

    private func enqueue(_ segment: [UInt8]) throws {
        while inFlight.count >= 2 * width
            || !inFlight.isEmpty && inFlightBytes + segment.count > mostBytes
        {
            try writeOldest()
        }
        let slot = Slot(segment)
        inFlight.append(slot)
        inFlightBytes += segment.count
        let startHelper = shared.queue.withLock { queue in
            queue.slots.append(slot)
            if queue.helpers >= width { return false }
            queue.helpers += 1
            return true
        }
        if startHelper { IOPool.shared.submit { [shared] in shared.help() } }
    }

    private func writeOldest() throws {
        let oldest = inFlight.removeFirst()
        inFlightBytes -= oldest.input.count
        while oldest.output.withLock({ $0 == nil }) {
            // What waits is younger than what has begun; when nothing waits, the oldest is being worked on.
            if !shared.step(&encoder) { oldest.done.wait() }
        }
        guard let output = oldest.output.withLock({ $0 }) else { return }
        try put(output.get())
    }

    private func put(_ bytes: [UInt8]) throws {
        try sink.write(bytes)
        written += Int64(bytes.count)
    }
}
