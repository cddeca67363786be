import FoundationEssentials

/// What the command line asks for.
struct Settings {
    var chalk = ".build/release/chalk-image"
    var output = ".build/bench"
    var work = ".build/bench/work"
    var scale = 1.0
    var rounds = 3
    /// Seconds: a peer that takes longer for something is measured once. Repeats of a round share them.
    var patience = 10.0
    var trees = Tree.all
    var operations = Set(Operation.allCases)
    /// Parts of names; empty is everybody.
    var peers: [String] = []

    static let usage = """
        usage: bench [run] [flags]            measure; the figures go to the output directory
               bench report RESULTS.json      print them as Markdown
               bench chart RESULTS.json       print the chart
               bench publish RESULTS.json DIR put them into the documentation in DIR
               bench tree NAME DIR [--scale N] write one tree into an empty DIR

        flags:
          --chalk PATH         the command (default: .build/release/chalk-image)
          --output DIR         for results.json, report.md and chart.svg (default: .build/bench)
          --work DIR           where everything happens; must be on a disk (default: .build/bench/work)
          --scale N            size of the trees, 1 being full (default: 1)
          --rounds N           (default: 3)
          --patience SECONDS   slower peers are measured once (default: 10)
          --tree NAMES         some of small, large, python, tiny, with commas
          --operation NAMES    some of \(Operation.allCases.map(\.rawValue).joined(separator: ", "))
          --peer NAMES         peers whose names contain one of these

        """

    init() {}

    /// Reads flags; every one takes a value.
    init(_ words: [String]) throws {
        var words = words[...]
        while let flag = words.popFirst() {
            guard let value = words.popFirst() else { throw BenchError("\(flag) needs a value") }
            let names = value.split(separator: ",").map(String.init)
            switch flag {
            case "--chalk": chalk = value
            case "--output": output = value
            case "--work": work = value
            case "--scale": scale = try Settings.positive(flag, Double(value))
            case "--rounds": rounds = Int(try Settings.positive(flag, Int(value).map(Double.init)))
            case "--patience": patience = try Settings.positive(flag, Double(value))
            case "--tree": trees = try names.map(Settings.tree)
            case "--operation":
                operations = Set(
                    try names.map { name in
                        guard let operation = Operation(rawValue: name) else {
                            throw BenchError("there is no operation \(name)")
                        }
                        return operation
                    })
            case "--peer": peers = names
            default: throw BenchError("there is no flag \(flag)")
            }
        }
        work = Settings.absolute(work)
        chalk = chalk.contains("/") ? Settings.absolute(chalk) : chalk
    }

    /// The tree of a name.
    static func tree(_ name: String) throws -> Tree {
        guard let tree = Tree.all.first(where: { $0.name == name }) else {
            throw BenchError(
                "there is no tree \(name); there are \(Tree.all.map(\.name).joined(separator: ", "))")
        }
        return tree
    }

    private static func positive(_ flag: String, _ value: Double?) throws -> Double {
        guard let value, value > 0, value < 1_000 else { throw BenchError("\(flag) needs a number above 0") }
        return value
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }
}
