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
            stage.instructions.indices.flatMap { index -> [LintFinding] in
                guard case .arg(let arg) = stage.instructions[index].expanded else { return [] }
                return arg.arguments.compactMap { argument in
                    let hasValue = argument.defaultValue != nil || globals[argument.name] != nil
                    guard changesOften(argument.name, hasValue: hasValue) else { return nil }
                    return finding(argument.name, declaredAt: index, in: stage.instructions)
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
        _ name: String, declaredAt index: Int, in instructions: [LintedInstruction]
    ) -> LintFinding? {
        var firstRun: Int?
        var use: Int?
        for item in instructions[(index + 1)...] {
            if item.parsed.mentions(name) {
                use = item.place.line
                break
            }
            if case .run = item.expanded { firstRun = firstRun ?? item.place.line }
        }
        guard let firstRun else { return nil }
        let advice =
            use.map { "move the ARG down to line \($0), where it is used" } ?? "nothing uses it; leave it out"
        return finding(
            at: instructions[index].place,
            "another value of \(name) repeats every RUN from line \(firstRun) on; \(advice)")
    }
}

extension ParsedInstruction {
    /// Whether a name stands somewhere in the instruction as a word of its own.
    fileprivate func mentions(_ name: String) -> Bool {
        let bodies = syntax.heredocs.map { String(decoding: $0.content, as: UTF8.self) }
        return ([syntax.text] + bodies).contains { text in
            text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == name }
        }
    }
}
