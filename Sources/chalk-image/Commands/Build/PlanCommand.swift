import ChalkImage
import ChalkOCI

/// `chalk-image plan`.
enum PlanCommand: Command {
    static let syntax = CommandSyntax(
        name: "plan", summary: "Show what a build would do, and why, without doing it",
        operands: "SPEC | [-f DOCKERFILE] CONTEXT", operandCount: 0...1,
        flags: BuildFlags.all + [
            .init("json", help: "one JSON document"),
            .init("exit-code", help: "exit with 1 when a step would be executed"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let arguments = try ContextArgument.settle(arguments, surroundings)
        let (image, options) = try BuildFlags.read(arguments, surroundings, command: "plan")
        let (store, scratch) = try surroundings.storeToLookAt(arguments)
        defer { withExtendedLifetime(scratch) {} }
        let builder = ImageBuilder(store: store)
        let plan = try builder.performPlan(image, options, cancellation: surroundings.cancellation)
        if arguments.isSet("json") {
            StandardStream.output.write(plan.json.pretty() + "\n")
        } else {
            StandardStream.output.write(text(plan))
            for warning in plan.warnings { StandardStream.error.write("warning: \(warning)\n") }
        }
        if arguments.isSet("exit-code"), plan.steps.contains(where: \.isMiss) {
            throw ChalkError(
                .failed,
                "a build would execute \(plan.steps.count(where: \.isMiss)) of \(plan.steps.count) steps")
        }
    }

    private static func text(_ plan: BuildPlan) -> String {
        let rows = plan.steps.map { step in
            (step.verdict.word, step.key?.digest.short ?? "", step.kind, step.title, step.verdict.reason)
        }
        func pad(_ word: String, _ width: Int) -> String {
            word + String(repeating: " ", count: max(0, width - word.count))
        }
        var text = ""
        for row in rows {
            text += "\(pad(row.0, 7)) \(pad(row.1, 12))  \(pad(row.2, 7)) \(StepWords.printable(row.3))\n"
            if let reason = row.4 {
                text += "\(pad("", 20))  \(pad("", 7)) ^ \(StepWords.printable(reason))\n"
            }
        }
        for group in plan.groups {
            let content = StepWords.content(group.files, group.bytes)
            text += "\(pad(group.verdict.word, 7)) \(pad("", 12))  \(pad("group", 7)) "
            text += "\(StepWords.printable(group.mountPath)) (\(content))\n"
            for note in [group.verdict.reason, hiding(group)].compactMap({ $0 }) {
                text += "\(pad("", 20))  \(pad("", 7)) ^ \(StepWords.printable(note))\n"
            }
        }
        return text
    }

    /// What a group covers, in words; nil for nothing.
    private static func hiding(_ group: PlannedGroup) -> String? {
        guard let names = group.hides, !names.isEmpty else { return nil }
        let more = names.count > 5 ? " and \(names.count - 5) more" : ""
        return "hides what the image has there: \(names.prefix(5).joined(separator: ", "))\(more)"
    }
}
