import Foundation
import Testing

@testable import ChalkDockerfile

/// The same texts to our parser and to BuildKit's, which the PyPI wheel `dockerfile` 3.4.0 is (BuildKit
/// 0.12.5).
///
/// Not compared, because BuildKit itself has changed since 0.12.5 and we follow the newer one: blanks between
/// `<<` and the delimiter, text behind a JSON array, the escape character of the file in flags, the `check`
/// directive, pattern modifiers of variables on a line that announces here-documents. And by choice: NUL (the
/// wheel's C strings end there) and flags outside ASCII (BuildKit takes their bytes for Latin-1).
@Suite struct OracleTests {
    private static let notComparable: Set<String> = [
        "heredoc-spaced-delimiter", "directive-all-three", "control-characters", "heredoc-binary-body",
    ]

    private struct Command: Decodable, Equatable {
        var cmd: String
        var sub: String?
        var json: Bool
        var flags: [String]
        var words: [String]
        var lines: [Int]
        var text: String
        var heredocs: [Document]

        init(_ syntax: InstructionSyntax) {
            let carrier = syntax.trigger.first ?? syntax
            cmd = syntax.keyword.text
            sub = syntax.trigger.first?.keyword.text
            json = carrier.isJSON
            flags = syntax.flags.map(\.text)
            let written = carrier.words.map(\.text)
            if !carrier.trigger.isEmpty {
                // ONBUILD of ONBUILD: the wheel shows one empty word for what is deeper.
                words = [""]
            } else if carrier.name == "env" || carrier.name == "label" {
                words = written.indices.filter { $0 % 3 != 2 }.map { written[$0] }
            } else {
                words = written
            }
            lines = [syntax.lines.lowerBound, syntax.lines.upperBound]
            text = syntax.text
            // The wheel does not show the here-documents of a trigger; the lines still tell that they were
            // read.
            heredocs = (syntax.trigger.isEmpty ? syntax.heredocs : []).map {
                Document(
                    name: $0.name, descriptor: $0.fileDescriptor,
                    content: String(decoding: $0.content, as: UTF8.self))
            }
        }
    }

    private struct Document: Decodable, Equatable {
        var name: String
        var descriptor: UInt
        var content: String

        init(name: String, descriptor: UInt, content: String) {
            (self.name, self.descriptor, self.content) = (name, descriptor, content)
        }

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            name = try fields.decode(String.self)
            descriptor = try fields.decode(UInt.self)
            content = try fields.decode(String.self)
        }
    }

    private struct Answer: Decodable {
        var refused: String?
        var undecodable: Bool?
        var commands: [Command]?
    }

    private func ask(_ texts: [[UInt8]]) throws -> [Answer] {
        let python = try #require(
            ProcessInfo.processInfo.environment["CHALK_DOCKERFILE_PYTHON"],
            "set CHALK_DOCKERFILE_PYTHON to the python of a venv with the wheel dockerfile==3.4.0")
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "chalk-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let questions = folder.appending(path: "in")
        let answers = folder.appending(path: "out")
        let lines = texts.map { Data($0).base64EncodedString() + "\n" }.joined()
        try Data(lines.utf8).write(to: questions)
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [
            URL(filePath: #filePath).deletingLastPathComponent().appending(path: "oracle/parse.py").path,
            questions.path, answers.path,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try String(contentsOf: answers, encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    }

    private func compare(_ texts: [[UInt8]], _ name: (Int) -> String) throws {
        let answers = try ask(texts)
        #expect(answers.count == texts.count)
        for (index, answer) in answers.enumerated() {
            if answer.undecodable == true { continue }
            let label = Comment(
                rawValue: "\(name(index)): \(String(decoding: texts[index], as: UTF8.self).debugDescription)")
            let ours = try? DockerfileSyntax.parse(texts[index], name: "Dockerfile")
            #expect((ours == nil) == (answer.refused != nil), label)
            guard let ours, let theirs = answer.commands else { continue }
            let mine = ours.instructions.map(Command.init)
            #expect(mine.count == theirs.count, label)
            for (our, var their) in zip(mine, theirs) {
                // The wheel appends the here-documents to the text.
                if their.text.hasPrefix(our.text + "\n") { their.text = our.text }
                #expect(our == their, label)
            }
        }
    }

    @Test func fixtures() throws {
        let cases = FixtureCase.all.filter { !Self.notComparable.contains($0.name) }
        try compare(try cases.map { try $0.bytes() }) { cases[$0].name }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func generated(seed: UInt64) throws {
        var generator = DockerfileGenerator(seed: seed)
        try compare((0..<1500).map { _ in generator.text() }) { "seed \(seed), case \($0)" }
    }
}
