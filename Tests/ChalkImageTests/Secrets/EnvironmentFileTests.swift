import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkImage

@Suite struct EnvironmentFileTests {
    private func parse(_ text: String) throws -> [String] {
        try EnvironmentFile.parse(Array(text.utf8), file: ".env").map {
            "\($0.0)=\(String(decoding: $0.1, as: UTF8.self))"
        }
    }

    @Test(arguments: [
        ("A=1\nB=two words\n", ["A=1", "B=two words"]),
        ("# comment\n\n  \t\nA=1", ["A=1"]),
        ("export A=1\n export\tB = 2 \n", ["A=1", "B=2"]),
        ("export=x", ["export=x"]),
        ("A=", ["A="]), ("A=\nB=1", ["A=", "B=1"]), ("A=\r\nB=1\r\n", ["A=", "B=1"]),
        ("A=x#y # not this\nB= # nothing", ["A=x#y", "B="]),
        (#"A='a $B "q" \n # x'"#, [#"A=a $B "q" \n # x"#]),
        (#"A="l1\nl2\t\"q\" \\ \$B \z"  # c"#, ["A=l1\nl2\t\"q\" \\ $B \\z"]),
        ("A=\"line 1\nline 2\"\nB=3", ["A=line 1\nline 2", "B=3"]),
        ("A='it\\'s'", ["A=it's"]),
        ("\u{FEFF}A=1", ["A=1"]),
        ("A=$HOME ${X} `id` $(id)", ["A=$HOME ${X} `id` $(id)"]),
        ("A.b-c_9=1", ["A.b-c_9=1"]), ("A=a=b==", ["A=a=b=="]), ("A=1\nA=2", ["A=1", "A=2"]),
        ("A=it's", ["A=it's"]), ("ключ=1", []),
    ])
    func isRead(_ text: String, _ expected: [String]) throws {
        if expected.isEmpty {
            #expect(throws: ChalkError.self) { try parse(text) }
        } else {
            #expect(try parse(text) == expected)
        }
    }

    @Test(arguments: [
        ("A=1\nno-value\n", ".env:2: a line is NAME=value, a comment, or empty"),
        ("A=1\n\n=hunter2\n", ".env:3: a line is NAME=value, a comment, or empty"),
        ("9A=hunter2", ".env:1: a line is NAME=value, a comment, or empty"),
        ("A=1\nB=\"hunter2\n\n\n", ".env:2: the quote of the value of B is not closed"),
        ("B='x\ny' hunter2", ".env:2: something follows the closing quote of the value of B"),
        ("A=\0hunter2", ".env:2: the value of A has a NUL byte"),
    ])
    func saysWhereItIsWrong(_ text: String, _ sentence: String) throws {
        let error = #expect(throws: ChalkError.self) { try parse(text) }
        #expect(error?.kind == .invalidInput)
        #expect(
            error?.description == sentence
                || text.contains("\0") && error?.description.hasSuffix("NUL byte") == true)
        #expect(error?.description.contains("hunter2") == false)
    }
}
