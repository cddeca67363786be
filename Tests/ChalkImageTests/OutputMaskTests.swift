import ChalkTestSupport
import Testing

@testable import ChalkImage

/// Secrets in what steps write.
struct OutputMaskTests {
    private func masked(_ secrets: [String], _ pieces: [String]) -> String {
        var mask = OutputMask(secrets.map { Array($0.utf8) })
        var shown = pieces.flatMap { mask.take(Array($0.utf8)) }
        shown += mask.end()
        return String(decoding: shown, as: UTF8.self)
    }

    @Test(arguments: [
        (["hunter2"], "x hunter2 y hunter", "x *** y hunter"),
        (["hunter2\n"], "hunter2\nhunter2\n", "***\n***\n"),
        (["abc", ""], "abc abc", "abc abc"),
        (["abcd", "abcdef"], "abcdef abcdx abcd", "*** ***x ***"),
        (["aaaa"], "aaaaaaa", "***aaa"), (["abab-abac"], "abab-abab-abac", "abab-***"),
        (["{\n  \"key\": \"0123456789\"\n}\n"], "is \"key\": \"0123456789\"!", "is ***!"),
        (["first-line\nsecond-line"], "first-line\nsecond-line second-line", "*** ***"),
    ])
    func whatIsHidden(secrets: [String], text: String, expected: String) {
        #expect(masked(secrets, [text]) == expected)
        #expect(masked(secrets, text.map(String.init)) == expected)
    }

    @Test func whateverThePieces() {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let letters = (0..<60).map { _ in "ab".randomElement(using: &numbers).map(String.init) ?? "" }
            let secret = letters.prefix(Int.random(in: 4...9, using: &numbers)).joined()
            let text = letters.joined()
            var pieces: [String] = []
            var rest = text[...]
            while !rest.isEmpty {
                pieces.append(String(rest.prefix(Int.random(in: 1...7, using: &numbers))))
                rest = rest.dropFirst(pieces.last?.count ?? 1)
            }
            let shown = masked([secret], pieces)
            #expect(!shown.contains(secret) && shown == masked([secret], [text]), "seed \(seed)")
        }
    }
}
