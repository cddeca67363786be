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
    func end(of process: Int32, _ answers: borrowing AnswerWriter) throws -> ChildProcess.End {
        guard control != nil else { return try CurrentProcess.waitForAdoptedChild(process) }
        try say(process, answers)
        let handle = try ProcessHandle(child: process)
        var sources = [control, lifeline].compactMap { $0 }
        while true {
            let ready = try Readiness.readable([handle.raw] + sources.map(\.descriptor))
            if ready.contains(handle.raw) { return try CurrentProcess.waitForAdoptedChild(process) }
            sources = try sources.filter { try !ready.contains($0.descriptor) || pass($0, to: process) }
        }
    }

    /// Waits for a runtime that passes a terminal on; it writes down which process it has started.
    func end(
        ofRuntime runtime: ChildProcess, processFile: String, _ answers: borrowing AnswerWriter
    ) throws -> ChildProcess.End {
        guard control != nil else { return runtime.wait() }
        let handle = try ProcessHandle(child: runtime.id)
        var sources = [control, lifeline].compactMap { $0 }
        var process: Int32?
        while true {
            let awaited = process == nil ? [] : sources
            let ready = try Readiness.readable(
                [handle.raw] + awaited.map(\.descriptor), within: process == nil ? .milliseconds(20) : nil)
            if let process {
                sources = try sources.filter { try !ready.contains($0.descriptor) || pass($0, to: process) }
            } else if let started = ProcessWatch.process(in: processFile) {
                process = started
                try say(started, answers)
            }
            if ready.contains(handle.raw) { return runtime.wait() }
        }
    }

    /// The process that the runtime wrote down.
    static func process(in file: String) -> Int32? {
        let text = (try? FileSystem.read(file, limit: 64)) ?? []
        return Int32(String(decoding: text, as: UTF8.self).prefix { $0.isNumber })
    }

    private func say(_ process: Int32, _ answers: borrowing AnswerWriter) throws {
        // What the container itself calls it is the last one.
        let names = ProcessMark.names(of: process)
        try answers.note(
            .object([
                .init("started", .integer(Int64(process))), .init("pid", .integer(Int64(names.last ?? 0))),
            ]))
    }

    /// Passes on what came; false at the end of the source.
    private func pass(_ source: FileStream, to process: Int32) throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 64)
        let got = source === lifeline ? 0 : try source.read(into: &bytes)
        if got == 0, source === lifeline { CurrentProcess.signalChild(process, Signals.kill) }
        for byte in bytes[..<got] { ProcessSignal(byte).send(to: process) }
        return got > 0
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
        let isKilled = mustBeNoticed && !ProcessSignal.isNoticed(number, by: process)
        CurrentProcess.signalChild(process, isKilled ? Signals.kill : number)
    }

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
