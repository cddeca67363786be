import ChalkImage
import ChalkOCI

/// `chalk-image ignore list`.
enum IgnoreListCommand: Command {
    static let syntax = CommandSyntax(
        name: "ignore list", summary: "List what ignore rules leave of a directory", operands: "DIR",
        operandCount: 1...1,
        flags: [
            .init("all", help: "every entry, marked I (ignored) or K (kept)"), IgnoreFlags.null,
            IgnoreFlags.profile, IgnoreFlags.exclude,
            .init("explain", help: "say which rule decided, and warn where git would decide otherwise"),
            .init("json", help: "a JSON object for each entry"),
        ])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let marks = arguments.isSet("all")
        let explains = arguments.isSet("explain")
        let isJSON = arguments.isSet("json")
        let end: UInt8 = arguments.isSet("null") ? 0 : 0x0A
        let listing = IgnoreListing(
            dialect: try IgnoreFlags.dialect(arguments, command: syntax.name),
            exclude: arguments.allBytes("exclude"), includesIgnored: marks, findsDifferences: explains)
        var output = BufferedOutput()
        defer { output.flush() }
        let warnings = try listing.walk(surroundings.absolute(arguments.operands[0])) { entry in
            if isJSON {
                output.write(IgnoreJSON.entry(entry).compact())
            } else {
                if marks { output.write(entry.isIgnored ? "I\t" : "K\t") }
                output.write(entry.path)
                if explains, let rule = entry.answer.rule { output.write("\t\(rule)") }
            }
            output.write(CollectionOfOne(end))
        }
        output.flush()
        IgnoreFlags.say(warnings)
    }
}
