/// Rules sorted by what they ask of a name, so that a name is held only against those that it could match.
///
/// The last segment of a pattern always stands for the name itself: where one fits a directory further up,
/// the walk knows it from there. So a literal is found by its ends and its length, `*.o` by its last byte,
/// `lib*` by its first.
struct NameBuckets {
    private static let each = 64
    /// For patterns that say nothing of either end.
    static let any = 3 * each
    static let count = any + 1

    /// Of literals.
    static func whole(_ name: Span<UInt8>) -> Int {
        name.isEmpty ? 0 : (Int(name[0]) * 7 ^ Int(name[name.count - 1]) * 3 ^ name.count) % each
    }

    static func ending(_ byte: UInt8) -> Int { each + Int(byte) % each }

    static func beginning(_ byte: UInt8) -> Int { 2 * each + Int(byte) % each }

    private var literal: Int32
    private var ending: Int32
    private var beginning: Int32
    private var any: Int32

    /// The rules of `table` that `name` could match.
    @inline(__always)
    init(_ table: borrowing RuleTable, _ name: Span<UInt8>) {
        literal = table.newest[NameBuckets.whole(name)]
        ending = table.newest[NameBuckets.ending(name.isEmpty ? 0 : name[name.count - 1])]
        beginning = table.newest[NameBuckets.beginning(name.isEmpty ? 0 : name[0])]
        any = table.newest[NameBuckets.any]
    }

    /// The strongest one that is left, a rule's place in the table; negative when there is none.
    @inline(__always)
    mutating func next(_ table: borrowing RuleTable) -> Int {
        let rule = max(max(literal, ending), max(beginning, any))
        if rule < 0 { return -1 }
        let older = table.rules[Int(rule)].older
        if literal == rule {
            literal = older
        } else if ending == rule {
            ending = older
        } else if beginning == rule {
            beginning = older
        } else {
            any = older
        }
        return Int(rule)
    }
}
