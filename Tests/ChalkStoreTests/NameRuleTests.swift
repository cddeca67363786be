import ChalkStore
import Testing

struct NameRuleTests {
    private let rule = NameRule(for: "a boat", limit: 4)

    @Test(arguments: ["a", "Z9", "0_.-", "a..a"]) func names(name: String) throws {
        try rule.check(name)
    }

    @Test(arguments: ["", ".", "..", "-a", "_a", "a/b", "a b", "a\n", "ä", "aaaaa"])
    func others(name: String) {
        let error = #expect(throws: StoreError.self) { try rule.check(name) }
        #expect(error?.code == .invalidRequest)
        #expect(
            error?.description
                == "\"\(name)\" cannot be the name of a boat: it has letters, digits, _, . and -, begins with a "
                + "letter or digit, and has at most 4 of them")
    }
}
