/// Expands `$name` and `${name…}` in a word and takes quotes and escapes out, as a shell would.
///
/// Lookups answer nil for an unset name. Substitutions may nest 100 deep.
package struct WordLexer: Sendable {
    /// How much of the original spelling stays in the result.
    package struct Options: Sendable {
        /// Quotes stay.
        package var keepsQuotes: Bool
        /// Escape characters stay.
        package var keepsEscapes: Bool
        /// Quotes are ordinary characters (here-document bodies).
        package var ignoresQuotes: Bool
        /// References to unset names stay as written.
        package var keepsUnset: Bool

        package init(
            keepsQuotes: Bool = false, keepsEscapes: Bool = false, ignoresQuotes: Bool = false,
            keepsUnset: Bool = false
        ) {
            self.keepsQuotes = keepsQuotes
            self.keepsEscapes = keepsEscapes
            self.ignoresQuotes = ignoresQuotes
            self.keepsUnset = keepsUnset
        }
    }

    /// A word after expansion, and the names that it asked for, each once, in the order of the first
    /// question.
    package struct Expanded: Sendable, Equatable {
        package let text: String
        /// Names that had a value.
        package let used: [String]
        /// Names that had none.
        package let unmatched: [String]
    }

    package let escape: EscapeCharacter
    package let options: Options

    package init(escape: EscapeCharacter = .backslash, options: Options = Options()) {
        self.escape = escape
        self.options = options
    }

    /// One word in, one word out: white space stays.
    package func word(
        _ source: String, lookup: @escaping (String) -> String?
    ) throws(DockerfileError) -> Expanded {
        var run = WordExpansion(source, escape: escape.scalar, options: options, lookup: lookup)
        let text = try run.run().text
        return Expanded(text: text, used: run.used, unmatched: run.unmatched)
    }

    /// One word in, its words out: unquoted white space separates, also where a value brings it in.
    package func words(
        _ source: String, lookup: @escaping (String) -> String?
    ) throws(DockerfileError) -> [String] {
        var run = WordExpansion(source, escape: escape.scalar, options: options, lookup: lookup)
        return try run.run().words
    }
}
