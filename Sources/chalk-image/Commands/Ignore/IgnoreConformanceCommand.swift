import ChalkImage
import ChalkSystem

/// `chalk-image ignore conformance`.
enum IgnoreConformanceCommand: Question {
    static let syntax = CommandSyntax(
        name: "ignore conformance",
        summary: "Hold an implementation of ignore rules against recorded verdicts",
        operands: "CORPUS...", operandCount: 1...Int.max,
        flags: [
            IgnoreFlags.profile,
            .init(
                "expect", value: "KEY",
                help: "whose verdicts are expected (default: chalk, git_new or docker, by the profile)"),
            .init("skip", value: "ID", repeats: true, help: "leave a case out"),
            .init("files-only", help: "leave out directories, for a command that tells none"),
            .init("command", value: "CMD", help: "run this shell command on each case instead"),
            .init("jobs", value: "N", help: "cases at a time (default: 1)"),
        ])

    static func answer(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ExitCode {
        func wrong(_ what: String) -> UsageError { UsageError(what, command: syntax.name) }
        let implementation: IgnoreConformance.Implementation
        if let line = arguments["command"] {
            if arguments["profile"] != nil { throw wrong("--profile and --command exclude each other") }
            if line.allSatisfy(\.isWhitespace) { throw wrong("--command is empty") }
            implementation = .command(line)
        } else {
            if arguments.isSet("files-only") { throw wrong("--files-only is for a --command") }
            implementation = .builtIn(try IgnoreFlags.dialect(arguments, command: syntax.name))
        }
        guard let width = Int(arguments["jobs"] ?? "1"), (1...256).contains(width) else {
            throw wrong("--jobs is a number from 1 to 256, not \"\(arguments["jobs"] ?? "")\"")
        }
        let conformance = IgnoreConformance(
            implementation, expecting: arguments["expect"], skipping: Set(arguments.all("skip")),
            filesOnly: arguments.isSet("files-only"), width: width, environment: surroundings.environment.all,
            temporaryDirectory: surroundings.environment["TMPDIR"] ?? "/tmp")
        var passed = 0
        var failed = 0
        var skipped = 0
        for corpus in arguments.operands {
            let tally = try conformance.run(
                surroundings.absolute(corpus), cancellation: surroundings.cancellation
            ) { id, problem in
                StandardStream.output.write("\(StepWords.printable(id)): \(problem)\n")
            }
            passed += tally.passed
            failed += tally.failed
            skipped += tally.skipped
        }
        if skipped > 0 { StandardStream.output.write("\(skipped) skipped\n") }
        StandardStream.output.write("\(passed) passed, \(failed) failed\n")
        return failed == 0 ? .done : .failed
    }
}
