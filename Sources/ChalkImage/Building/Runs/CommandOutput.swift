internal import ChalkExec
internal import ChalkSystem

/// Where a command's output goes: to its log and to those who watch, without the secrets that it can see.
final class CommandOutput {
    private let log: FileStream
    private let report: (BuildEvent.OutputStream, [UInt8]) -> Void
    private var masks: [StepOutput.Stream: OutputMask]
    private var lines = LastLines(limit: 20)

    init(
        log: FileStream, secrets: [[UInt8]], report: @escaping (BuildEvent.OutputStream, [UInt8]) -> Void
    ) {
        self.log = log
        self.report = report
        let mask = OutputMask(secrets)
        masks = [.output: mask, .errors: mask]
    }

    /// Takes a piece of one stream.
    func take(_ stream: StepOutput.Stream, _ bytes: [UInt8]) throws {
        try pass(stream, masks[stream]?.take(bytes) ?? bytes)
    }

    /// Takes note that nothing more comes.
    func end() throws {
        for stream in [StepOutput.Stream.output, .errors] { try pass(stream, masks[stream]?.end() ?? []) }
    }

    /// The last lines of both streams.
    var tail: [String] { lines.all }

    private func pass(_ stream: StepOutput.Stream, _ bytes: [UInt8]) throws {
        if bytes.isEmpty { return }
        try log.write(bytes)
        lines.take(bytes)
        report(stream == .output ? .stdout : .stderr, bytes)
    }
}

/// The last lines of a stream.
private struct LastLines {
    private let limit: Int
    private var complete: [String] = []
    private var rest: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    mutating func take(_ bytes: [UInt8]) {
        for byte in bytes {
            if byte == 0x0A {
                complete.append(String(decoding: rest, as: UTF8.self))
                if complete.count > limit { complete.removeFirst() }
                rest = []
            } else if rest.count < 4096 {
                rest.append(byte)
            }
        }
    }

    var all: [String] {
        Array((complete + (rest.isEmpty ? [] : [String(decoding: rest, as: UTF8.self)])).suffix(limit))
    }
}
