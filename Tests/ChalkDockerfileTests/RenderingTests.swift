import Foundation
import Testing

@testable import ChalkDockerfile

@Suite struct RenderingTests {
    @Test func json() throws {
        let text =
            "# syntax=a/b\n# note\nFROM a\nRUN --network=none x \\\n\n  y\nONBUILD CMD [\"\\t\"]\nCOPY <<-e /\n\t\"z\"\ne\n"
        let expected = #"""
            {"name": "Dockerfile", "escape": "\\",
             "directives": [{"name": "syntax", "value": "a/b", "line": 1}],
             "warnings": [{"line": 6, "message": "a continued line is empty"}],
             "instructions": [
              {"instruction": "from", "text": "FROM a", "range": {"start": [3, 1], "end": [3, 7]}, "comments": ["note"], "keyword": {"text": "FROM", "start": [3, 1], "end": [3, 5]}, "flags": [], "form": "shell", "words": [{"text": "a", "start": [3, 6], "end": [3, 7]}], "heredocs": []},
              {"instruction": "run", "text": "RUN --network=none x   y", "range": {"start": [4, 1], "end": [6, 4]}, "comments": [], "keyword": {"text": "RUN", "start": [4, 1], "end": [4, 4]}, "flags": [{"text": "--network=none", "start": [4, 5], "end": [4, 19]}], "form": "shell", "words": [{"text": "x   y", "start": [4, 20], "end": [6, 4]}], "heredocs": []},
              {"instruction": "onbuild", "text": "ONBUILD CMD [\"\\t\"]", "range": {"start": [7, 1], "end": [7, 19]}, "comments": [], "keyword": {"text": "ONBUILD", "start": [7, 1], "end": [7, 8]}, "flags": [], "trigger": {"instruction": "cmd", "text": "CMD [\"\\t\"]", "range": {"start": [7, 9], "end": [7, 19]}, "comments": [], "keyword": {"text": "CMD", "start": [7, 9], "end": [7, 12]}, "flags": [], "form": "json", "words": [{"text": "\t", "start": [7, 14], "end": [7, 18]}], "heredocs": []}, "heredocs": []},
              {"instruction": "copy", "text": "COPY <<-e /", "range": {"start": [8, 1], "end": [11, 1]}, "comments": [], "keyword": {"text": "COPY", "start": [8, 1], "end": [8, 5]}, "flags": [], "form": "shell", "words": [{"text": "<<-e", "start": [8, 6], "end": [8, 10]}, {"text": "/", "start": [8, 11], "end": [8, 12]}], "heredocs": [{"name": "e", "fileDescriptor": 0, "expands": true, "chomps": true, "content": "\t\"z\"\n"}]}
             ]}

            """#
        let syntax = try DockerfileSyntax.parse(Array(text.utf8), name: "Dockerfile")
        #expect(syntax.json == expected)
    }

    @Test(arguments: FixtureCase.all)
    func jsonIsJSON(_ fixture: FixtureCase) throws {
        let syntax = try DockerfileSyntax.parse(try fixture.bytes(), name: "Dockerfile")
        let value = try #require(
            try JSONSerialization.jsonObject(with: Data(syntax.json.utf8)) as? [String: Any])
        #expect((value["instructions"] as? [Any])?.count == syntax.instructions.count)
    }

    @Test func sExpressionsOfWhatOnlyTheSyntaxAccepts() throws {
        let text = "NONSENSE a b\nRUN --x y\n\\\nCOPY a\nONBUILD ONBUILD ENV a b\n\\"
        let syntax = try DockerfileSyntax.parse(Array(text.utf8), name: "f")
        #expect(
            syntax.sExpressions
                == "(nonsense \"\")\n(run [\"--x\"] \"y\")\n(copy \"a\")\n(onbuild (onbuild (env \"a\" \"b\" \"\")))\n(\"\")\n"
        )
    }
}
