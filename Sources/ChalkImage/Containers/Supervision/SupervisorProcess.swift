internal import ChalkOCI
internal import ChalkSystem

/// The supervisor of a container in the background: this program once more, in a session of its own, whose life is the
/// container's. See `docs/decisions/0012`.
enum SupervisorProcess {
    /// The hidden first argument.
    private static let argument = "__chalk-supervisor"
    /// The second argument of the process between.
    private static let starting = "start"
    private static let program = "/proc/self/exe"

    /// The numbers under which the process finds what it was given.
    private enum Given {
        static let job: Int32 = 3
        static let claim: Int32 = 4
        static let report: Int32 = 5
    }

    /// Starts one, hands the claim over, and waits until the container's process has started.
    ///
    /// Where this process is gone by then, the container is ended, since nobody knows of it.
    static func start(_ job: SupervisedJob, _ claim: ContainerClaim) throws {
        var pipe = try Pipe()
        let report = try pipe.takeReadEnd()
        let starter = try spawn(job, claim, report: try pipe.takeWriteEnd())
        // It starts the one that stays, so that nobody here has to wait for its end.
        _ = starter.wait()
        let answer = try? JSON.parse(try report.readToEnd(limit: 1 << 20))
        if answer?["started"]?.bool == true { return }
        if let words = answer?["error"]?.strings, words.count == 2 {
            throw ChalkError(ChalkError.Kind(word: words[0]), words[1])
        }
        throw ChalkError(.failed, "the container was not started: its supervisor was ended")
    }

    private static func spawn(
        _ job: SupervisedJob, _ claim: ContainerClaim, report: consuming FileDescriptor
    ) throws -> ChildProcess {
        let document = try MemoryFile.holding(Array(job.json.compact().utf8))
        let nothing = try FileDescriptor.open("/dev/null", .readWrite)
        return try withExtendedLifetime(claim) {
            try ChildProcess.spawn(
                program, arguments: ["chalk-image", argument, starting], environment: [],
                descriptors: [
                    .init(nothing.raw, as: 0), .init(nothing.raw, as: 1), .init(nothing.raw, as: 2),
                    .init(document.raw, as: Given.job), .init(claim.descriptor, as: Given.claim),
                    .init(report.raw, as: Given.report),
                ], session: .own)
        }
    }

    /// Supervises a container if the arguments ask for it; nil means that this is an ordinary start.
    static func runIfRequested(arguments: [String]) -> Int32? {
        guard (2...3).contains(arguments.count), arguments[1] == argument else { return nil }
        do {
            if arguments.last == starting {
                // Started anew and not forked: see ProcessWatch on what a fork does to threads.
                _ = try ChildProcess.spawn(
                    program, arguments: ["chalk-image", argument], environment: [],
                    descriptors: (0...Given.report).map { .init($0, as: $0) }, session: .shared)
                return 0
            }
            try CurrentProcess.closeDescriptors((Given.report + 1)...Int32.max)
            try CurrentProcess.changeDirectory("/")
            Signals.ignore(Signals.brokenPipe)
            let report = Report(try FileDescriptor.adopt(Given.report))
            let claim = ContainerClaim(owning: try FileDescriptor.adopt(Given.claim))
            let document = try FileDescriptor.adopt(Given.job).readToEnd(limit: 1 << 28)
            return supervise(document, claim, report)
        } catch {
            return 1
        }
    }

    private static func supervise(_ document: [UInt8], _ claim: ContainerClaim, _ report: Report) -> Int32 {
        do {
            let job = try SupervisedJob(json: try JSON.parse(document))
            watchSignals(job)
            var connection = Supervisor.Connection()
            connection.started = { try report.send(.object([.init("started", .bool(true))])) }
            _ = try Supervisor(job: job, claim: claim).run(connection, cancellation: Cancellation())
            return 0
        } catch {
            let error = ChalkError(wrapping: error)
            try? report.send(
                .object([.init("error", .strings([error.kind.word, error.description]))]))
            return 1
        }
    }

    /// A supervisor that is told to end has its container end, and ends with it.
    private static func watchSignals(_ job: SupervisedJob) {
        let ends = [Signals.terminate, Signals.interrupt]
        Signals.block(ends)
        let directory = "\(job.store)/chalk/containers/\(job.record.id)"
        Thread.start {
            _ = Signals.wait(for: ends)
            Supervisor.end(directory, after: .zero, unless: Cancellation())
        }
    }

    /// What the starting process reads to the end.
    private final class Report {
        private var stream: FileStream?

        init(_ descriptor: consuming FileDescriptor) { stream = FileStream(descriptor) }

        /// Says one thing, once.
        func send(_ answer: JSON) throws {
            try stream?.write(Array(answer.compact().utf8))
            stream = nil
        }
    }
}

extension ChalkError.Kind {
    private static let words: [(kind: ChalkError.Kind, word: String)] = [
        (.invalidInput, "invalidInput"), (.notFound, "notFound"), (.authentication, "authentication"),
        (.interrupted, "interrupted"), (.programNotFound, "programNotFound"),
        (.programRefused, "programRefused"), (.failed, "failed"),
    ]

    /// For another process of the same program.
    fileprivate var word: String { Self.words.first { $0.kind == self }?.word ?? "failed" }

    fileprivate init(word: String) { self = Self.words.first { $0.word == word }?.kind ?? .failed }
}
