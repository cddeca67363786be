internal import ChalkOCI
internal import ChalkSystem

/// How a process of the OCI runtime is watched, and given signals, while it runs.
///
/// `control` brings one byte for each signal: its number, and where ``ProcessSignal/mustBeNoticed`` is added, a process
/// that takes no notice of it is killed. The first process of a namespace never sees a signal that it has no handler
/// for (`pid_namespaces(7)`), so one would wait for nothing.
struct ProcessWatch {
    /// Signals for the process; nil when nobody sends any, and nobody is told of the start.
    var control: SharedDescriptor?
    /// At its end the process is killed.
    var lifeline: SharedDescriptor?

    /// Waits for the end of a process that is this one's child, or becomes it now.
    func end(of process: Int32, _ answers: borrowing AnswerWriter) throws -> ChildProcess.End {
        guard let control else { return try CurrentProcess.waitForAdoptedChild(process) }
        try begin(process, control, answers)
        return try CurrentProcess.reapChildren(until: process)
    }

    /// Waits for a runtime that passes a terminal on; it writes down which process it has started.
    func end(
        ofRuntime runtime: ChildProcess, processFile: String, _ answers: borrowing AnswerWriter
    ) throws -> ChildProcess.End {
        guard let control else { return runtime.wait() }
        let handle = try ProcessHandle(child: runtime.id)
        while try !handle.waitForEnd(within: .milliseconds(20)) {
            guard let process = ProcessWatch.process(in: processFile) else { continue }
            try begin(process, control, answers)
            break
        }
        return try CurrentProcess.reapChildren(until: runtime.id)
    }

    /// The process that the runtime wrote down.
    static func process(in file: String) -> Int32? {
        let text = (try? FileSystem.read(file, limit: 64)) ?? []
        return Int32(String(decoding: text, as: UTF8.self).prefix { $0.isNumber })
    }

    /// Says that the process has started, and passes signals on from now.
    private func begin(
        _ process: Int32, _ control: SharedDescriptor, _ answers: borrowing AnswerWriter
    ) throws {
        let passing = SignalPassing(
            process: process, handle: try ProcessHandle(child: process), control: control,
            lifeline: lifeline)
        // What the container itself calls it is the last one.
        let names = ProcessMark.names(of: process)
        try answers.note(
            .object([
                .init("started", .integer(Int64(process))), .init("pid", .integer(Int64(names.last ?? 0))),
            ]))
        Thread.start { passing.run() }
    }
}

/// Passes signals on to a process, beside the thread that waits for its end.
private final class SignalPassing: Sendable {
    private let process: Int32
    private let handle: ProcessHandle
    private let control: SharedDescriptor
    private let lifeline: SharedDescriptor?

    init(
        process: Int32, handle: consuming ProcessHandle, control: SharedDescriptor,
        lifeline: SharedDescriptor?
    ) {
        self.process = process
        self.handle = handle
        self.control = control
        self.lifeline = lifeline
    }

    func run() {
        let sources = [control, lifeline].compactMap { $0?.raw }
        while let ready = try? Readiness.readable(sources) {
            if let lifeline, ready.contains(lifeline.raw) { return handle.signal(Signals.kill) }
            guard let bytes = try? control.read(upTo: 64), !bytes.isEmpty else {
                // Nobody is left to send any: the process goes with who asked for it.
                return handle.signal(Signals.kill)
            }
            for byte in bytes { pass(ProcessSignal(byte)) }
        }
    }

    private func pass(_ signal: ProcessSignal) {
        let isKilled = signal.mustBeNoticed && !ProcessSignal.isNoticed(signal.number, by: process)
        handle.signal(isKilled ? Signals.kill : signal.number)
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

    /// Whether a process has a handler for a signal or waits for it (`proc(5)`, status).
    static func isNoticed(_ number: Int32, by process: Int32) -> Bool {
        let text = (try? FileSystem.read("/proc/\(process)/status", limit: 65_536)) ?? []
        return String(decoding: text, as: UTF8.self).split(separator: "\n").contains { line in
            guard line.hasPrefix("SigCgt:") || line.hasPrefix("SigBlk:"), (1...64).contains(number),
                let digits = line.split(whereSeparator: { $0 == "\t" || $0 == " " }).last,
                let mask = UInt64(digits, radix: 16)
            else { return false }
            return mask >> UInt64(number - 1) & 1 == 1
        }
    }
}
