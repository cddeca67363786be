import ChalkImage
import ChalkSystem

/// `chalk-image ignore check`, in the manner of `git check-ignore --no-index`.
enum IgnoreCheckCommand: Question {
    static let syntax = CommandSyntax(
        name: "ignore check", summary: "Say whether paths are ignored, as git check-ignore does",
        operands: "PATH...", operandCount: 0...Int.max,
        flags: [
            .init("verbose", "v", help: "say which pattern decided: FILE:LINE:PATTERN, a TAB, the path"),
            .init("non-matching", "n", help: "with -v: also the paths that no pattern fits"),
            .init("quiet", "q", help: "only the exit code: 0 ignored, 1 not, 2 trouble"), IgnoreFlags.null,
            .init("stdin", help: "read the paths from standard input, one a line (with -z: ended by NUL)"),
            IgnoreFlags.profile, IgnoreFlags.exclude,
            .init(
                "root", value: "DIR",
                help: "whose ignore files count (default: the nearest directory with a .git, else this one)"),
            .init("no-index", help: "nothing: git's index is never asked (for git's command lines)"),
        ])

    static func answer(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ExitCode {
        func wrong(_ what: String) -> UsageError { UsageError(what, command: syntax.name) }
        let readsInput = arguments.isSet("stdin")
        if arguments.isSet("non-matching"), !arguments.isSet("verbose") { throw wrong("-n needs -v") }
        if arguments.isSet("quiet"), arguments.isSet("verbose") {
            throw wrong("-q and -v exclude each other")
        }
        if readsInput, !arguments.operands.isEmpty { throw wrong("with --stdin no PATH is given") }
        if !readsInput, arguments.operands.isEmpty { throw wrong("PATH... is missing, or --stdin") }
        if arguments.isSet("quiet"), readsInput || arguments.operands.count > 1 {
            throw wrong("-q takes a single PATH")
        }
        let dialect = try IgnoreFlags.dialect(arguments, command: syntax.name)
        let here = surroundings.workingDirectory
        let root =
            try arguments["root"].map(surroundings.absolute) ?? IgnoreCheck.root(from: here, dialect: dialect)
        let check = try IgnoreCheck(
            root: root, workingDirectory: here, dialect: dialect, exclude: arguments.allBytes("exclude"))
        var report = IgnoreCheckReport(arguments)
        defer {
            report.flush()
            IgnoreFlags.say(check.warnings)
        }
        if readsInput {
            var input = try PathInput(endsWithNUL: arguments.isSet("null"))
            while let path = try input.next(beforeWaiting: { report.flush() }) {
                report.add(path, try check.answer(path))
            }
        } else {
            for word in arguments.operandWords { report.add(word.bytes, try check.answer(word.bytes)) }
        }
        return report.found ? .done : .failed
    }
}

/// The records of `ignore check`.
private struct IgnoreCheckReport {
    /// Whether a path was ignored, or with `-v` fitted a pattern: what the exit code tells, as git's does.
    private(set) var found = false
    private let isVerbose: Bool
    private let showsOthers: Bool
    private let isQuiet: Bool
    private let endsWithNUL: Bool
    private var output = BufferedOutput()

    init(_ arguments: ParsedArguments) {
        isVerbose = arguments.isSet("verbose")
        showsOthers = arguments.isSet("non-matching")
        isQuiet = arguments.isSet("quiet")
        endsWithNUL = arguments.isSet("null")
    }

    mutating func add(_ path: [UInt8], _ answer: IgnoreAnswer) {
        let match = Match(answer)
        let counts = match != nil && (isVerbose || answer.isIgnored)
        if counts { found = true }
        if isQuiet || !(counts || showsOthers) { return }
        if endsWithNUL {
            let fields = [match?.source ?? [], Array((match?.line ?? "").utf8), match?.pattern ?? []]
            for field in isVerbose ? fields : [] { output.write(field + [0]) }
            output.write(path + [0])
        } else {
            if isVerbose {
                output.write(GitQuoting.quoted(match?.source ?? []))
                output.write(":\(match?.line ?? ""):")
                output.write((match?.pattern ?? []) + [0x09])
            }
            output.write(GitQuoting.quoted(path) + [0x0A])
        }
    }

    mutating func flush() { output.flush() }

    /// The pattern behind an answer.
    private struct Match {
        let source: [UInt8]
        let line: String
        let pattern: [UInt8]

        /// - Returns: Nil where no pattern decided, and where a directory stays only for what is in it.
        init?(_ answer: IgnoreAnswer) {
            switch answer.reason {
            case .noRule, .holdsKept: return nil
            case .rule(let rule), .insideIgnored(_, let rule?):
                source = rule.file ?? Array("--exclude".utf8)
                line = String(rule.line)
                pattern = rule.pattern
            case .git, .insideIgnored(_, nil):
                // Nobody's pattern: what is called .git never enters.
                source = []
                line = ""
                pattern = Array(".git".utf8)
            }
        }
    }
}

/// The paths on standard input.
private struct PathInput {
    private let endsWithNUL: Bool
    private let source: FileDescriptorSource
    private var buffer: [UInt8]
    private var held: [UInt8] = []
    private var range = 0..<0
    private var isAtEnd = false
    private var count = 0

    private final class FileDescriptorSource {
        let descriptor: FileDescriptor

        init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
    }

    init(endsWithNUL: Bool) throws {
        self.endsWithNUL = endsWithNUL
        source = FileDescriptorSource(try FileDescriptor.standardInput())
        buffer = [UInt8](repeating: 0, count: 65_536)
    }

    /// The next path; nil at the end.
    ///
    /// - Parameter beforeWaiting: Called before every read, so that whoever asks path by path gets each answer.
    mutating func next(beforeWaiting: () -> Void) throws -> [UInt8]? {
        while !isAtEnd {
            if let end = buffer[range].firstIndex(of: endsWithNUL ? 0 : 0x0A) {
                let record = held + buffer[range.lowerBound..<end]
                held = []
                range = (end + 1)..<range.upperBound
                return try path(record)
            }
            held += buffer[range]
            beforeWaiting()
            let got = try source.descriptor.read(into: &buffer)
            range = 0..<got
            isAtEnd = got == 0
        }
        if held.isEmpty { return nil }
        defer { held = [] }
        return try path(held)
    }

    private mutating func path(_ record: [UInt8]) throws -> [UInt8] {
        count += 1
        guard let path = endsWithNUL ? record : GitQuoting.unquoted(record) else {
            throw ChalkError(.invalidInput, "line \(count) of standard input is badly quoted")
        }
        if path.isEmpty {
            throw ChalkError(
                .invalidInput, "path \(count) of standard input is empty; use . for the directory itself")
        }
        return path
    }
}
