package import ChalkOCI

/// Why a step has no record: the first input that differs from the nearest earlier one.
package struct MissExplanation: Hashable, Sendable, CustomStringConvertible {
    /// One sentence without a full stop: "`src/app.py` changed", "ENV `LOG_LEVEL` added".
    package let description: String

    package init(_ description: String) {
        self.description = description
    }

    /// Nothing like this step was ever built in this store.
    package static let neverBuilt = MissExplanation("no earlier build of this step")

    /// Compares a step's inputs with those of the nearest earlier record.
    ///
    /// - Parameter files: says in words how two file tables differ, or nil when they cannot be read.
    package init(
        _ now: NamedInputs, since earlier: NamedInputs, files: (_ now: Digest, _ earlier: Digest) -> String?
    ) {
        self = Self.first(now, earlier, files) ?? MissExplanation("its result is no longer in the store")
    }

    private static func first(
        _ now: NamedInputs, _ earlier: NamedInputs, _ files: (Digest, Digest) -> String?
    ) -> MissExplanation? {
        for input in now.inputs {
            guard let before = earlier[input.name] else {
                return MissExplanation("\(quoted(input.name)) added")
            }
            if before == input.value { continue }
            if input.name == InputName.files, let new = Digest(input.value), let old = Digest(before),
                let words = files(new, old)
            {
                return MissExplanation(words)
            }
            return MissExplanation(change(of: input.name, from: before, to: input.value))
        }
        for input in earlier.inputs where now[input.name] == nil {
            return MissExplanation("\(quoted(input.name)) removed")
        }
        return nil
    }

    private static func change(of name: String, from old: String, to new: String) -> String {
        if name == InputName.parent { return "the layers below it changed" }
        // Values of variables may be secret, and long ones help nobody.
        let isVariable = name.hasPrefix("ENV ")
        if isVariable || Digest(old) != nil || Digest(new) != nil || old.utf8.count + new.utf8.count > 160 {
            return "\(quoted(name)) changed"
        }
        return "\(quoted(name)) changed from \"\(words(old))\" to \"\(words(new))\""
    }

    /// A command's words, which its input keeps apart by NUL, as one line.
    private static func words(_ value: String) -> String {
        value.split(separator: "\u{0}", omittingEmptySubsequences: false).joined(separator: " ")
    }

    private static func quoted(_ name: String) -> String {
        guard let space = name.firstIndex(of: " ") else { return name }
        return "\(name[..<space]) `\(name[name.index(after: space)...])`"
    }
}
