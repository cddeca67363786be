/// One option of a requirements file, under its long name.
struct RequirementsOption {
    enum Meaning {
        /// `-r`: more requirements.
        case requirements
        /// `-c`: more constraints.
        case constraints
        case editable
        case flag
        case value
        /// A value that must not be a local path.
        case url
        /// Only behind a requirement.
        case ofRequirement
    }

    let name: String
    let value: String
    let meaning: Meaning

    private static let known: [(names: [String], meaning: Meaning)] = [
        (["--requirement", "-r"], .requirements),
        (["--constraint", "-c"], .constraints),
        (["--editable", "-e"], .editable),
        (["--index-url", "-i", "--pypi-url"], .url),
        (["--extra-index-url"], .url),
        (["--find-links", "-f"], .url),
        (["--trusted-host"], .value),
        (["--no-binary"], .value),
        (["--only-binary"], .value),
        (["--use-feature"], .value),
        (["--no-index"], .flag),
        (["--pre"], .flag),
        (["--prefer-binary"], .flag),
        (["--require-hashes"], .flag),
        (["--hash"], .ofRequirement),
        (["--config-settings", "--config-setting", "-C"], .ofRequirement),
        (["--global-option"], .ofRequirement),
    ]

    /// Takes the next option and its value off `words`; nil when none is left.
    static func next(_ words: inout ArraySlice<String>) throws(SpecError) -> RequirementsOption? {
        guard let word = words.popFirst() else { return nil }
        var name = word
        var value: String?
        if word.hasPrefix("--") {
            if let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) {
                name = String(word[..<equals])
                value = String(word[word.utf8.index(after: equals)...])
            }
        } else if word.hasPrefix("-"), word.utf8.count > 2 {
            name = String(word.prefix(2))
            value = String(word.dropFirst(2))
            if value?.hasPrefix("=") == true { value?.removeFirst() }
        }
        guard let (names, meaning) = known.first(where: { $0.names.contains(name) }), let long = names.first
        else {
            throw SpecError(
                .invalid, at: "",
                word.hasPrefix("-")
                    ? "\(quoted(name)) is not an option that a requirements file may hold"
                    : "\(quoted(name)) stands where an option is expected")
        }
        if meaning == .flag {
            guard value == nil else { throw SpecError(.invalid, at: "", "\(long) takes no value") }
        } else if value == nil {
            guard let next = words.popFirst() else {
                throw SpecError(.invalid, at: "", "\(long) needs a value")
            }
            value = next
        }
        return RequirementsOption(name: long, value: value ?? "", meaning: meaning)
    }
}
