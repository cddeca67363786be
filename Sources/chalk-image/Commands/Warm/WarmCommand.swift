import ChalkImage
import ChalkOCI
import ChalkSystem

/// `chalk-image warm`.
enum WarmCommand: Command {
    static let syntax = CommandSyntax(
        name: "warm", summary: "Build many images, so that a cache has what their steps make",
        operands: "SPEC... | CONTEXT... | -f DOCKERFILE CONTEXT", operandCount: 0...10_000,
        flags: [
            CacheArgument.exportFlag,
            .init(
                "list", value: "FILE", repeats: true,
                help: "more to build, a line each: words and flags as build takes them"),
            .init("check", help: "build nothing; say what would be built or sent, exit with 1 if anything"),
            .init("json", help: "one JSON document"),
        ] + BuildFlags.all + [
            .init("progress", value: "MODE", help: "plain, json or quiet (default: plain)")
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        _ = try answer(arguments, surroundings)
    }

    static func answer(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws -> ExitCode {
        func wrong(_ what: String) -> UsageError { UsageError(what, command: syntax.name) }
        var options = WarmOptions()
        options.exports = try arguments.all("cache-to").map {
            try CacheArgument.export($0, mode: .max, wrong)
        }
        let build = try BuildFlags.options(
            arguments.with(operands: []).without("file"), surroundings, command: syntax.name)
        options.sources = build.cacheSources
        options.jobs = build.jobs
        options.transfer = build.transfer
        if options.exports.isEmpty, options.sources.isEmpty {
            throw wrong("a cache is missing: --cache-to REF (or --cache-from REF)")
        }
        let specs = try WarmList.specs(arguments, surroundings, wrong)
        if specs.isEmpty {
            throw wrong("there is nothing to build: name a SPEC or a CONTEXT, or --list FILE")
        }
        let progress = try WarmProgress(arguments["progress"] ?? "plain", wrong)
        let isCheck = arguments.isSet("check")
        let report = try CacheWarmer(store: try surroundings.store(arguments)).perform(
            specs, options, checksOnly: isCheck, cancellation: surroundings.cancellation,
            report: { progress.show($1, of: $0) })
        StandardStream.output.write(
            arguments.isSet("json")
                ? report.json.pretty() + "\n" : WarmText.table(report, isCheck: isCheck))
        for row in report.failed {
            StandardStream.error.write("error: \(row.name): \(row.failure.map(\.description) ?? "")\n")
        }
        if !report.failed.isEmpty { return .failed }
        return isCheck && !report.isWarm ? .failed : .done
    }
}
