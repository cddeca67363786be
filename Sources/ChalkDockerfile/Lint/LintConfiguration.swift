/// What `# check=…` says, for a file or for one instruction: `skip=A,B;experimental=all;error=true`.
struct LintConfiguration: Equatable {
    private enum Selection: Equatable {
        case all
        case named(Set<String>)

        func contains(_ name: String) -> Bool {
            switch self {
            case .all: true
            case .named(let names): names.contains(name)
            }
        }
    }

    private var skipped = Selection.named([])
    private var experimental = Selection.named([])
    private(set) var findingsAreErrors = false

    /// Nothing special.
    init() {}

    /// Reads options; blanks around them do not count.
    init(_ text: String) throws(DockerfileError) {
        if Self.trimmed(text[...]).isEmpty { return }
        for option in text.split(separator: ";", maxSplits: 2, omittingEmptySubsequences: false) {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map(Self.trimmed)
            guard parts.count == 2 else { throw Self.unknown(parts[0]) }
            switch parts[0] {
            case "skip": skipped = Self.selection(parts[1])
            case "experimental": experimental = Self.selection(parts[1])
            case "error":
                guard let value = CommaFields.bool(parts[1]) else {
                    throw DockerfileError(
                        .directive, "error of the check directive must be true or false, not \"\(parts[1])\"")
                }
                findingsAreErrors = value
            default: throw Self.unknown(parts[0])
            }
        }
    }

    /// The options in the value of a directive: up to the first blank, behind which a remark may stand.
    init(directive value: String) throws(DockerfileError) {
        try self.init(String(value.prefix { $0 != " " }))
    }

    private static func selection(_ text: String) -> Selection {
        text == "all" ? .all : .named(Set(text.split(separator: ",").map(trimmed)))
    }

    private static func trimmed(_ text: Substring) -> String {
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.firstIndex(where: { !$0.isSpace }),
            let last = scalars.lastIndex(where: { !$0.isSpace })
        else { return "" }
        return String(scalars: scalars[first...last])
    }

    private static func unknown(_ key: String) -> DockerfileError {
        DockerfileError(
            .directive,
            "the check directive has no option \"\(key)\"; it has skip=RULE,…, experimental=RULE,… and error=true"
        )
    }

    /// Whether a rule is to be silent.
    func silences(_ rule: LintRule) -> Bool {
        rule.isExperimental ? !experimental.contains(rule.name) : skipped.contains(rule.name)
    }

    /// Whether the comments above an instruction silence a rule there. The first `check` among them counts;
    /// one that cannot be read says nothing.
    static func isSilenced(_ rule: LintRule, by comments: [String]) -> Bool {
        for comment in comments {
            guard let (key, value) = DirectiveReader.split(Array("#\(comment)".utf8)[...]), key == "check"
            else { continue }
            let local = try? LintConfiguration(directive: value)
            // An experimental rule is switched on for the file, and never off again.
            return !rule.isExperimental && local?.silences(rule) == true
        }
        return false
    }
}
