internal import ChalkOCI
internal import ChalkSystem

/// How a process of the OCI runtime is watched, and given signals, while it runs.
///
/// `control` brings one byte for each signal: its number, and where ``ProcessSignal/mustBeNoticed`` is added, a process
/// that takes no notice of it is killed. The first process of a namespace never sees a signal that it has no handler
/// for (`pid_namespaces(7)`), so one would wait for nothing.
struct ProcessWatch {
    /// Signals for the process; nil when nobody sends any, and nobody is told of the start.
    var control: FileStream?
    /// At its end the process is killed.
    var lifeline: FileStream?

    /// Waits for the end of a process that is this one's child, or becomes it now.
    func end(of process: Int32, _ answers: AnswerWriter) throws -> ChildProcess.End {
        guard control != nil else { return try CurrentProcess.waitForAdoptedChild(process) }
        try say(process, answers)
        return try end(of: process, passingTo: process)
    }

    /// Waits for a runtime that passes a terminal on; it writes down which process it has started.
    func end(
        ofRuntime runtime: ChildProcess, processFile: String, _ answers: AnswerWriter
    ) throws -> ChildProcess.End {
        guard control != nil else { return runtime.wait() }
        let handle = try ProcessHandle(child: runtime.id)
        while try !handle.waitForEnd(within: .milliseconds(20)) {
            guard let process = ProcessWatch.process(in: processFile) else { continue }
            try say(process, answers)
            return try end(of: runtime.id, passingTo: process)
        }
        return runtime.wait()
    }

    /// The process that the runtime wrote down.
    static func process(in file: String) -> Int32? {
        let text = (try? FileSystem.read(file, limit: 64)) ?? []
        return Int32(String(decoding: text, as: UTF8.self).prefix { $0.isNumber })
    }

    /// Waits for the end of a child and passes signals on meanwhile. In one thread: after a fork, the locks of Swift's
    /// runtime take the forked thread for the one that it was made of, and two threads can wait for each other for ever.
    private func end(of child: Int32, passingTo process: Int32) throws -> ChildProcess.End {
        let children = try Signals.descriptor(for: Signals.childEnded)
        let handle = try? ProcessHandle(child: process)
        var sources = [control, lifeline].compactMap { $0 }
        while true {
            if let end = try CurrentProcess.reapChildren(until: child) { return end }
            let ready = try Readiness.readable([children.raw] + sources.map(\.descriptor))
            if ready.contains(children.raw) {
                var signal = [UInt8](repeating: 0, count: 128)
                _ = try? children.read(into: &signal)
            }
            for source in sources where ready.contains(source.descriptor) {
                let bytes = source === lifeline ? [] : try source.read(upTo: 64)
                for byte in bytes { ProcessSignal(byte).send(to: process) }
                guard bytes.isEmpty else { continue }
                // Nobody is left to send any: the process goes with who asked for it.
                handle?.signal(Signals.kill)
                sources.removeAll { $0 === source }
            }
        }
    }

    private func say(_ process: Int32, _ answers: AnswerWriter) throws {
        // What the container itself calls it is the last one.
        let names = (try? ProcessStatus(of: process))?.names ?? []
        try answers.note(
            .object([
                .init("started", .integer(Int64(process))), .init("pid", .integer(Int64(names.last ?? 0))),
            ]))
    }
}

/// A signal for a container's process, as one byte.
package struct ProcessSignal: Hashable, Sendable {
    /// The signal's number.
    package let number: Int32
    /// Whether a process that takes no notice of it is killed.
    package let mustBeNoticed: Bool

    /// A signal from its parts.
    package init(_ number: Int32, mustBeNoticed: Bool = false) {
        self.number = number
        self.mustBeNoticed = mustBeNoticed
    }

    /// A signal that came as a byte.
    init(_ byte: UInt8) {
        self.init(Int32(byte & 0x7F), mustBeNoticed: byte & 0x80 != 0)
    }

    /// The byte.
    package var byte: UInt8 { UInt8(truncatingIfNeeded: number) & 0x7F | (mustBeNoticed ? 0x80 : 0) }

    func send(to process: Int32) {
        let isKilled = mustBeNoticed && (try? ProcessStatus(of: process))?.notices(signal: number) != true
        CurrentProcess.signalChild(process, isKilled ? Signals.kill : number)
    }
}
