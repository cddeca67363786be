import ChalkOCI
import ChalkPlan
import Testing

struct MissExplanationTests {
    private let old = NamedInputs([
        .init("parent", "sha256:" + String(repeating: "a", count: 64)), .init("command", "make"),
        .init("ENV A", "1"), .init("USER", ""),
    ])

    private func changed(_ index: Int, to value: String) -> NamedInputs {
        var inputs = old.inputs
        inputs[index] = .init(inputs[index].name, value)
        return NamedInputs(inputs)
    }

    private func explain(_ now: NamedInputs) -> String {
        MissExplanation(now, since: old, files: { _, _ in nil }).description
    }

    @Test func theFirstDifferenceIsNamed() {
        #expect(explain(changed(0, to: "scratch")) == "the layers below it changed")
        #expect(
            explain(changed(1, to: "/bin/sh\u{0}-c\u{0}make"))
                == "command changed from \"make\" to \"/bin/sh -c make\"")
        #expect(explain(changed(1, to: "make all")) == "command changed from \"make\" to \"make all\"")
        #expect(explain(changed(2, to: "2")) == "ENV `A` changed")
        var more = old
        more.add("ENV B", "x")
        #expect(explain(more) == "ENV `B` added")
        #expect(
            explain(NamedInputs(old.inputs.filter { $0.name != "ENV A" })) == "ENV `A` removed")
        #expect(explain(old) == "its result is no longer in the store")
    }

    @Test func longValuesShowTheWordsThatDiffer() {
        func change(_ before: String, _ after: String) -> String {
            MissExplanation(
                NamedInputs([.init("command", after)]), since: NamedInputs([.init("command", before)]),
                files: { _, _ in nil }
            ).description
        }
        let long = String(repeating: "word ", count: 40)
        #expect(change("sh\0-c\0a", "sh\0-c\0b") == "command changed from \"sh -c a\" to \"sh -c b\"")
        #expect(change(long + "a", long + "b") == "command changed from \"… a\" to \"… b\"")
        #expect(change("a " + long, "b " + long) == "command changed from \"a …\" to \"b …\"")
        #expect(
            change(long + "a" + long, long + "x y" + long)
                == "command changed from \"… aword …\" to \"… x yword …\"")
        #expect(change(long, long + long) == "command changed")
        #expect(change(long + "x", long) == "command changed from \"… x\" to \"… \"")
        #expect(
            change(String(repeating: "a", count: 90), String(repeating: "b", count: 90)) == "command changed")
    }

    @Test func fileTablesExplainThemselves() {
        let digest = Digest.of([1]).description
        let before = NamedInputs([.init("files", Digest.of([2]).description)])
        let now = NamedInputs([.init("files", digest)])
        #expect(
            MissExplanation(now, since: before, files: { _, _ in "`src/app.py` changed" }).description
                == "`src/app.py` changed")
        #expect(MissExplanation(now, since: before, files: { _, _ in nil }).description == "files changed")
    }

    @Test func keysTellEveryBoundary() {
        let tables = [
            NamedInputs([.init("a", "bc")]), NamedInputs([.init("ab", "c")]),
            NamedInputs([.init("a", "b"), .init("c", "")]), NamedInputs([.init("a", ""), .init("b", "c")]),
            NamedInputs([]), NamedInputs([.init("a", "b1:c")]),
        ]
        #expect(Set(tables.map(\.key)).count == tables.count)
    }
}
