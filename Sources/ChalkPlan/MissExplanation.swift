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
        for note in now.notes {
            guard let before = earlier[note.name], before != note.value else { continue }
            return MissExplanation(change(of: note.name, from: before, to: note.value))
        }
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
        for input in earlier.inputs
        where now[input.name] == nil && !NamedInputs.isNote(input.name) {
            return MissExplanation("\(quoted(input.name)) removed")
        }
        return nil
    }

    private static func change(of name: String, from old: String, to new: String) -> String {
        if name == InputName.parent { return "the layers below it changed" }
        // Values of variables may be secret.
        let isVariable = name.hasPrefix(InputName.variable)
        if isVariable || Digest(old) != nil || Digest(new) != nil { return "\(quoted(name)) changed" }
        let (before, after) = difference(old, new)
        if before.utf8.count + after.utf8.count > longest { return "\(quoted(name)) changed" }
        return "\(quoted(name)) changed from \"\(before)\" to \"\(after)\""
    }

    /// Bytes of two values that are still shown whole.
    private static let longest = 160

    /// Two values with NUL, which parts the words of a command, as a space; of long ones only the words that differ.
    private static func difference(_ old: String, _ new: String) -> (old: String, new: String) {
        let before = words(old)
        let after = words(new)
        if old.utf8.count + new.utf8.count <= longest {
            return (before.joined(separator: " "), after.joined(separator: " "))
        }
        let head = zip(before, after).prefix { $0 == $1 }.count
        let shared = zip(before.reversed(), after.reversed()).prefix { $0 == $1 }.count
        let tail = min(shared, min(before.count, after.count) - head)
        func cut(_ words: [Substring]) -> String {
            ((head > 0 ? ["…"] : []) + words[head..<(words.count - tail)] + (tail > 0 ? ["…"] : []))
                .joined(separator: " ")
        }
        return (cut(before), cut(after))
    }

    private static func words(_ text: String) -> [Substring] {
        text.split(omittingEmptySubsequences: false) { $0 == " " || $0 == "\0" }
    }

    private static func quoted(_ name: String) -> String {
        guard let space = name.firstIndex(of: " ") else { return name }
        return "\(name[..<space]) `\(name[name.index(after: space)...])`"
    }
}
