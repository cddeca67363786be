package import ChalkOCI

/// The table of everything that a step's result depends on; its digest is the cache key.
///
/// The order is part of the table and is the order in which a miss is explained.
package struct NamedInputs: Hashable, Sendable {
    /// One input.
    package struct Input: Hashable, Sendable {
        /// What it is: `parent`, `command`, `ENV LOG_LEVEL`.
        package let name: String
        /// Its value, or a digest of it.
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// In order.
    package private(set) var inputs: [Input]
    /// What the inputs come from (a commit, the tag of a URL): not part of the key, but told first of a miss.
    package let notes: [Input]

    /// A table of the given inputs.
    package init(_ inputs: [Input] = [], notes: [Input] = []) {
        self.inputs = inputs
        self.notes = notes
    }

    /// A note on the state that a source from elsewhere had.
    package static func note(on source: String, _ value: String) -> Input {
        Input(notePrefix + source, value)
    }

    private static let notePrefix = "source "

    /// Whether a row of a record is a note.
    package static func isNote(_ name: String) -> Bool { name.hasPrefix(notePrefix) }

    /// Adds an input at the end.
    package mutating func add(_ name: String, _ value: String) {
        inputs.append(Input(name, value))
    }

    /// The value of the first input called `name`.
    package subscript(_ name: String) -> String? {
        inputs.first { $0.name == name }?.value
    }

    /// The digest over names and values, each with its length before it, so that no two tables run together.
    package var key: CacheKey {
        var hasher = SHA256Hasher()
        for input in inputs {
            hasher.update("\(input.name.utf8.count):\(input.name)\(input.value.utf8.count):\(input.value)")
        }
        return CacheKey(hasher.finish())
    }
}
