import Foundation
import Testing

@testable import ChalkDockerfile

@Suite struct FixtureTests {
    @Test func theCorpusIsThere() {
        #expect(FixtureCase.all.count >= 60)
    }

    /// `CHALK_RECORD_FIXTURES=1 swift test --filter FixtureTests` writes the expectations again; review the
    /// diff.
    @Test(arguments: FixtureCase.all)
    func sExpressions(_ fixture: FixtureCase) throws {
        let syntax = try DockerfileSyntax.parse(try fixture.bytes(), name: "Dockerfile")
        if ProcessInfo.processInfo.environment["CHALK_RECORD_FIXTURES"] == "1" {
            try Data(syntax.sExpressions.utf8).write(to: fixture.expectedURL)
            Issue.record("recorded, not compared")
            return
        }
        let expected = try String(contentsOf: fixture.expectedURL, encoding: .utf8)
        #expect(Array(syntax.sExpressions.utf8) == Array(expected.utf8))
    }

    @Test(arguments: FixtureCase.all)
    func everyByteIsKept(_ fixture: FixtureCase) throws {
        let bytes = try fixture.bytes()
        let syntax = try DockerfileSyntax.parse(bytes, name: "Dockerfile")
        #expect(syntax.serialized == bytes)
        var offset = 0
        for element in syntax.elements {
            #expect(element.bytes.lowerBound == offset)
            offset = element.bytes.upperBound
        }
        #expect(offset == bytes.count)
    }

    /// A word's range holds its letters: what is between them is quotes, escapes and continuations.
    @Test(arguments: FixtureCase.all)
    func rangesPointAtTheWords(_ fixture: FixtureCase) throws {
        let bytes = try fixture.bytes()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let syntax = try DockerfileSyntax.parse(bytes, name: "Dockerfile")
        for instruction in syntax.instructions {
            for word in [instruction.keyword] + instruction.words {
                let range = word.range.start.offset..<word.range.end.offset
                let slice = Array(bytes[range])
                if !instruction.isJSON, !slice.contains(UInt8(ascii: "\n")) {
                    #expect(slice == Array(word.text.utf8))
                }
                for position in [word.range.start, word.range.end] {
                    let before = lines[..<(position.line - 1)].reduce(0) { $0 + $1.count + 1 }
                    #expect(before + position.column - 1 == position.offset)
                }
            }
            #expect(instruction.lines.contains(instruction.range.start.line))
        }
    }
}
