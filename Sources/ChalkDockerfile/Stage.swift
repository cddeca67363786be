/// A FROM and the instructions up to the next one.
package struct Stage: Sendable, Equatable {
    /// 0-based, in the order of the file.
    package let index: Int
    package let from: FromInstruction
    /// The FROM itself with its place.
    package let opening: ParsedInstruction
    /// Without the FROM.
    package internal(set) var instructions: [ParsedInstruction]

    /// Unexpanded.
    package var baseName: String { from.base }
    /// Unexpanded.
    package var platform: String? { from.platform }
    /// In lower case.
    package var alias: String? { from.alias }

    /// From the FROM to the end of the last instruction.
    package var range: SourceRange {
        let end = instructions.last?.syntax.range.end ?? opening.syntax.range.end
        return SourceRange(start: opening.syntax.range.start, end: end)
    }
}

extension [Stage] {
    /// The stage that a name or number means: names without regard to case, the last of several; numbers from
    /// 0.
    ///
    /// - Parameter limit: only stages before this one count (a FROM sees the stages above it).
    package func resolve(_ name: String, before limit: Int? = nil) -> Stage? {
        let visible = prefix(limit ?? count)
        let lower = name.lowercased()
        if let named = visible.last(where: { $0.alias == lower }) { return named }
        guard name.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(name), visible.indices.contains(number)
        else { return nil }
        return visible[number]
    }
}
