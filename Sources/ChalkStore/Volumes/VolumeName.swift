/// What a volume is called: as ``NameRule`` has it, 128 letters at most.
package struct VolumeName: Hashable, Sendable, CustomStringConvertible {
    private static let rule = NameRule(for: "a volume", limit: 128)

    /// The name, which is also that of its directory.
    package let text: String

    /// A checked name.
    ///
    /// - Throws: ``StoreError`` `.invalidRequest`.
    package init(_ text: String) throws(StoreError) {
        try VolumeName.rule.check(text)
        self.text = text
    }

    package var description: String { text }
}
