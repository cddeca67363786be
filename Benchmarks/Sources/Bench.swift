import Glibc

/// The command: see `Settings.usage`.
@main struct Bench {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            Progress.say("error: \(error)")
            exit(1)
        }
    }

    private static func run(_ words: [String]) throws {
        switch (words.first, words.count) {
        case ("--help", _), ("-h", _), ("help", _): Progress.say(Settings.usage)
        case ("report", 2):
            print(MarkdownReport(results: try Publication.read(words[1])).text, terminator: "")
        case ("chart", 2): print(Chart(results: try Publication.read(words[1])).svg, terminator: "")
        case ("publish", 3): try Publication.publish(try Publication.read(words[1]), to: words[2])
        case ("tree", 3...): try write(try Settings.tree(words[1]), to: words[2], Array(words.dropFirst(3)))
        case ("run", _): try measure(Array(words.dropFirst()))
        case (nil, _): try measure([])
        case (let word?, _) where word.hasPrefix("--"): try measure(words)
        default: throw BenchError("no such use\n\(Settings.usage)")
        }
    }

    /// Writes a tree and prints how many files and bytes it has; reading them leaves them in memory for everybody.
    private static func write(_ tree: Tree, to directory: String, _ flags: [String]) throws {
        try Files.makeDirectory(directory)
        guard try Files.below(directory).isEmpty else { throw BenchError("\(directory) is not empty") }
        try tree.write(directory, try Settings(flags).scale)
        let sizes = try Files.below(directory).map { try Files.bytes("\(directory)/\($0)").count }
        print("\(sizes.count) files, \(sizes.reduce(0, +)) bytes")
    }

    private static func measure(_ flags: [String]) throws {
        let settings = try Settings(flags)
        var runner = try Runner(settings)
        let results = try runner.run()
        print(MarkdownReport(results: results).text, terminator: "")
        Progress.say("\(settings.output): results.json, report.md, chart.svg")
        if !results.failures.isEmpty {
            throw BenchError("\(results.failures.count) measurements failed, see above")
        }
    }
}
