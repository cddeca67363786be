internal import ChalkSystem
internal import ChalkOCI

/// Starts workers: this command once more, in namespaces of its own, for one job each.
///
/// Every mount and process of a job lives in the worker's namespaces and ends with it, whatever ends it: the
/// worker asks the kernel to be told when the thread that started it ends. A thread that calls ``run`` stays in
/// that call until the worker has ended (and those of `IOPool` never end), so that can only be the end of this
/// process.
package struct WorkerLauncher: Sendable {
    /// The program whose `main` begins with ``WorkerMain/runIfRequested(arguments:layerWork:)``.
    package let path: String
    /// Directories, separated by colons, where `newuidmap` and `newgidmap` are looked for.
    package let searchPath: String
    /// `NAME=value`: what the worker's own program needs to start, such as LD_LIBRARY_PATH; steps do not see it.
    package let environment: [String]

    /// A launcher; by default of the program that is running.
    package init(
        path: String = "/proc/self/exe", searchPath: String = WorkerLauncher.defaultSearchPath,
        environment: [String] = []
    ) {
        self.path = path
        self.searchPath = searchPath
        self.environment = environment
    }

    /// Where Debian keeps its programs.
    package static let defaultSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Whether workers need a user namespace.
    static var isRootless: Bool { CurrentProcess.userID != 0 }

    /// Removes a directory and all below it, also where steps without root have left files of other ids. One that
    /// is not there is no error.
    package func removeTree(_ path: String) throws {
        try removeTrees([PathText.name(of: path)], below: PathText.parent(of: path))
    }

    func removeTrees(_ names: [String], below directory: String) throws {
        if names.isEmpty { return }
        if WorkerLauncher.isRootless {
            _ = try run(.removeTrees(names, directory: directory), cancellation: Cancellation())
            return
        }
        let parent = try FileDescriptor.directory(directory)
        for name in names { try parent.removeTree(name) }
    }

    /// What comes out of a worker while it works.
    struct Streams {
        /// The step's output and errors; nil lets the step write to this process' own.
        var output: ((StepOutput) throws -> Void)?
        /// Whether what the step writes goes nowhere.
        var isSilent = false
        /// The bytes of a layer.
        var layer: ((ArraySlice<UInt8>) throws -> Void)?
        /// Things said on the way.
        var note: ((JSON) throws -> Void)?
        /// Whether the worker gets this process' standard input and terminal.
        var usesOwnInput = false
        /// Standard input for the worker, in a session of its own; borrowed.
        var input: Int32?
    }

    /// Has a worker do one job; waits for its end.
    ///
    /// - Parameters:
    ///   - cgroup: the name of the control group; nil for one that nobody else knows.
    ///   - inputs: descriptors that the worker reads, borrowed.
    /// - Throws: ``ExecError``, ``Cancellation/Cancelled``, or what a stream's taker threw.
    func run(
        _ job: WorkerJob, cgroup: String? = nil, inputs: [Int32] = [], streams: Streams = Streams(),
        cancellation: Cancellation
    ) throws -> JSON {
        try cancellation.check()
        let words = job.json(searchPath: searchPath, cgroup: cgroup).compact()
        let document = try MemoryFile.holding(Array(words.utf8))
        let nothing = try FileDescriptor.open("/dev/null", .readWrite)
        var channels: [Channel] = []
        var passed = [ChildProcess.Passed(document.raw, as: WorkerDescriptor.job)]
        // The worker's ends; they close here once it has its own.
        var given: [FileStream] = []
        func connect(_ target: Int32, _ take: @escaping (ArraySlice<UInt8>) throws -> Void) throws {
            var pipe = try Pipe()
            channels.append(Channel(FileStream(try pipe.takeReadEnd()), take))
            let end = FileStream(try pipe.takeWriteEnd())
            passed.append(ChildProcess.Passed(end.descriptor, as: target))
            given.append(end)
        }

        let inbox = AnswerReader()
        var log = LogTail()
        try connect(WorkerDescriptor.answers) { try inbox.take($0, note: streams.note) }
        try connect(2) { log.take($0) }
        if let output = streams.output {
            try connect(WorkerDescriptor.output) { try output(StepOutput(stream: .output, bytes: Array($0))) }
            try connect(WorkerDescriptor.errors) { try output(StepOutput(stream: .errors, bytes: Array($0))) }
        } else {
            passed += [(1, WorkerDescriptor.output), (2, WorkerDescriptor.errors)].map {
                ChildProcess.Passed(streams.isSilent ? nothing.raw : $0.0, as: $0.1)
            }
        }
        if let layer = streams.layer {
            try connect(WorkerDescriptor.layer, layer)
        } else {
            passed.append(ChildProcess.Passed(nothing.raw, as: WorkerDescriptor.layer))
        }
        let input = streams.input ?? (streams.usesOwnInput ? 0 : nothing.raw)
        passed.append(ChildProcess.Passed(input, as: 0))
        passed.append(ChildProcess.Passed(nothing.raw, as: 1))
        for (index, input) in inputs.enumerated() {
            passed.append(ChildProcess.Passed(input, as: WorkerDescriptor.firstInput + Int32(index)))
        }

        let arguments = [
            "chalk-image", WorkerMain.argument, String(CurrentProcess.id), String(inputs.count),
        ]
        let process: ChildProcess
        do {
            process = try withExtendedLifetime(given) { () throws(SystemError) in
                try ChildProcess.spawn(
                    path, arguments: arguments, environment: environment, descriptors: passed,
                    session: streams.usesOwnInput ? .shared : .own)
            }
        } catch {
            throw ExecError(error, doing: "start a worker")
        }
        given = []
        let failure = cancellation.withHandler({ process.signal(Signals.terminate) }) {
            WorkerLauncher.relay(channels, of: process)
        }
        let end = process.wait()
        if let failure { throw failure }
        if let error = inbox.error { throw log.explain(error) }
        if let answer = inbox.answer { return answer }
        try cancellation.check()
        throw log.explain(ExecError(.workerDied, "the worker \(end.words) before it was done"))
    }

    private struct Channel {
        let source: FileStream
        let take: (ArraySlice<UInt8>) throws -> Void

        init(_ source: FileStream, _ take: @escaping (ArraySlice<UInt8>) throws -> Void) {
            self.source = source
            self.take = take
        }
    }

    /// Moves what comes out of the worker until all of it has; the first error stops the worker.
    private static func relay(_ channels: [Channel], of process: ChildProcess) -> (any Error)? {
        var open = channels
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var failure: (any Error)?
        while !open.isEmpty {
            do {
                let ready = Set(try Readiness.readable(open.map(\.source.descriptor)))
                for index in open.indices.reversed() where ready.contains(open[index].source.descriptor) {
                    let got = try open[index].source.read(into: &buffer)
                    if got == 0 {
                        open.remove(at: index)
                    } else if failure == nil {
                        try open[index].take(buffer[..<got])
                    }
                }
            } catch {
                if failure != nil { return failure }
                failure = error
                process.signal(Signals.terminate)
            }
        }
        return failure
    }
}

/// The parent's side of the answers.
private final class AnswerReader {
    private var line: [UInt8] = []
    private(set) var answer: JSON?
    private(set) var error: ExecError?

    func take(_ bytes: ArraySlice<UInt8>, note: ((JSON) throws -> Void)?) throws {
        for byte in bytes {
            if byte != 0x0A {
                line.append(byte)
                continue
            }
            let message = try JSON.parse(line)
            line = []
            if let value = message["note"] { try note?(value) }
            if let value = message["answer"] { answer = value }
            if let words = message["error"]?.strings, words.count == 2 {
                error = ExecError(ExecError.Code(rawValue: words[0]) ?? .system, words[1])
            }
        }
    }
}

/// The end of what the worker and its tools said on standard error.
private struct LogTail {
    private var bytes: [UInt8] = []

    mutating func take(_ more: ArraySlice<UInt8>) {
        bytes.append(contentsOf: more)
        if bytes.count > 8_192 { bytes.removeFirst(bytes.count - 4_096) }
    }

    func explain(_ error: ExecError) -> ExecError {
        guard let line = bytes.split(separator: 0x0A).last else { return error }
        return ExecError(error.code, "\(error.description) (\(String(decoding: line, as: UTF8.self)))")
    }
}

extension ChildProcess.End {
    fileprivate var words: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .signalled(let signal): "was ended by signal \(signal)"
        }
    }
}
