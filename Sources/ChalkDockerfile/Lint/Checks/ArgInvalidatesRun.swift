/// Every RUN sees every ARG before it, so a build argument that changes often belongs right before its use.
enum ArgInvalidatesRun: LintCheck {
    static let rule = LintRule(
        "ArgInvalidatesRun", "an ARG without a fixed value stands behind the RUNs that do not use it",
        origin: .own)

    /// Words in names of what is different for every build.
    private static let volatile: Set<String> = [
        "commit", "sha", "revision", "date", "time", "timestamp", "build", "ref", "branch", "tag",
    ]
    /// Beginnings of names that programs read without being told.
    private static let implicit = [
        "DEBIAN_FRONTEND", "PIP_", "UV_", "NPM_", "YARN_", "CARGO_", "GO", "LANG", "LC_", "TZ", "MAKEFLAGS",
        "CFLAGS", "CXXFLAGS", "LDFLAGS", "CC", "CXX", "SOURCE_DATE_EPOCH", "NODE_ENV", "RAILS_ENV", "CI",
    ]

    static func findings(in file: LintedFile) -> [LintFinding] {
        let globals = file.globals?.scope ?? VariableScope()
        return file.stages.flatMap { stage -> [LintFinding] in
            let uses = Uses(stage.instructions)
            return stage.instructions.indices.flatMap { index -> [LintFinding] in
                guard case .arg(let arg) = stage.instructions[index].expanded else { return [] }
                return arg.arguments.compactMap { argument in
                    let hasValue = argument.defaultValue != nil || globals[argument.name] != nil
                    guard changesOften(argument.name, hasValue: hasValue) else { return nil }
                    return finding(argument.name, declaredAt: index, stage.instructions, uses)
                }
            }
        }
    }

    private static func changesOften(_ name: String, hasValue: Bool) -> Bool {
        if PlatformArguments.proxies.contains(name) || implicit.contains(where: { name.hasPrefix($0) }) {
            return false
        }
        let words = Set(name.lowercased().split(separator: "_").map(String.init))
        // A cache is busted on purpose by such an argument.
        if name.lowercased().contains("cache") || words.contains("bust") { return false }
        return !hasValue || !words.isDisjoint(with: volatile)
    }

    private static func finding(
        _ name: String, declaredAt index: Int, _ instructions: [LintedInstruction], _ uses: Uses
    ) -> LintFinding? {
        let use = uses.first(of: name, after: index)
        guard let run = uses.firstRun(after: index), run < use ?? .max else { return nil }
        let advice =
            use.map { "move the ARG down to line \(instructions[$0].place.line), where it is used" }
            ?? "nothing uses it; leave it out"
        return finding(
            at: instructions[index].place,
            "another value of \(name) repeats every RUN from line \(instructions[run].place.line) on; \(advice)"
        )
    }
}

/// Where the names of ARGs stand as words of their own, and where the RUNs are.
private struct Uses {
    private var runs: [Int] = []
    private var places: [Substring: [Int]] = [:]

    init(_ instructions: [LintedInstruction]) {
        var names: Set<Substring> = []
        for case .arg(let arg) in instructions.map(\.expanded) {
            names.formUnion(arg.arguments.map { $0.name[...] })
        }
        for (index, item) in instructions.enumerated() {
            if case .run = item.expanded { runs.append(index) }
            let bodies = item.parsed.syntax.heredocs.map { String(decoding: $0.content, as: UTF8.self) }
            for text in [item.parsed.syntax.text] + bodies {
                for word in text.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_") })
                where names.contains(word) && places[word]?.last != index {
                    places[word, default: []].append(index)
                }
            }
        }
    }

    func first(of name: String, after index: Int) -> Int? {
        Self.first(in: places[name[...]] ?? [], after: index)
    }

    func firstRun(after index: Int) -> Int? { Self.first(in: runs, after: index) }

    /// The places go up.
    private static func first(in places: [Int], after index: Int) -> Int? {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle] > index { high = middle } else { low = middle + 1 }
        }
        return low < places.count ? places[low] : nil
    }
}
