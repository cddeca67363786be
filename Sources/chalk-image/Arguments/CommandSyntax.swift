/// What a subcommand accepts; its help text and its parser both come from here.
struct CommandSyntax: Sendable {
    /// One `--flag`.
    struct Flag: Sendable {
        /// Without the dashes.
        let name: String
        /// One letter, without the dash.
        var short: Character?
        /// What the value is called in help; nil for a switch.
        var value: String?
        /// Whether it may stand several times.
        var repeats = false
        /// Whether a switch may also have a value after `=` (`--no-cache=false`).
        let help: String

        init(
            _ name: String, _ short: Character? = nil, value: String? = nil, repeats: Bool = false,
            help: String
        ) {
            self.name = name
            self.short = short
            self.value = value
            self.repeats = repeats
            self.help = help
        }
    }

    /// As typed: `build`, `ignore list`.
    let name: String
    /// One line.
    let summary: String
    /// The words after the flags: `SPEC`, `REF...`.
    let operands: String
    /// How many words after the flags.
    let operandCount: ClosedRange<Int>
    /// In the order of help.
    let flags: [Flag]
    /// Whether the words behind the first one that is no flag are somebody else's: `run REF PROGRAM --its-flag`.
    var endsFlags = false

    /// The text of `--help`.
    var help: String {
        var text = "\(summary)\n\nusage: chalk-image \(name)\(flags.isEmpty ? "" : " [flags]")"
        if !operands.isEmpty { text += " \(operands)" }
        text += "\n"
        let all = flags + CommandSyntax.everywhere
        let heads = all.map { flag in
            let short = flag.short.map { "-\($0), " } ?? "    "
            return "  \(short)--\(flag.name)\(flag.value.map { " \($0)" } ?? "")"
        }
        let width = min(34, heads.map(\.count).max() ?? 0)
        text += "\nflags:\n"
        for (head, flag) in zip(heads, all) {
            let gap =
                head.count <= width
                ? String(repeating: " ", count: width - head.count + 2)
                : "\n" + String(repeating: " ", count: width + 2)
            text += "\(head)\(gap)\(flag.help)\n"
        }
        return text
    }

    /// Flags that every subcommand has.
    static let everywhere: [Flag] = [
        Flag("store", value: "DIR", help: "where images are kept (default: $XDG_DATA_HOME/chalk-image)"),
        Flag("help", "h", help: "show this help"),
    ]
}
