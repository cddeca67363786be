import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkDockerfile

extension SeededGenerator {
    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}

/// One directory of Fixtures/dockerfile.
struct FixtureCase: CustomTestStringConvertible, Sendable {
    let name: String

    var testDescription: String { name }

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/dockerfile")

    static let all: [FixtureCase] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.sorted().map { FixtureCase(name: $0) }
    }()

    var expectedURL: URL { Self.root.appending(path: "\(name)/expected.sexpr") }

    func bytes() throws -> [UInt8] {
        Array(try Data(contentsOf: Self.root.appending(path: "\(name)/Dockerfile")))
    }
}

/// Parses a text that must be right.
func parsed(_ text: String) throws -> Dockerfile {
    try Dockerfile.parse(Array(text.utf8), name: "Dockerfile")
}

/// The only instruction behind `FROM scratch`.
func only(_ text: String) throws -> Instruction {
    let file = try parsed("FROM scratch\n" + text)
    #expect(file.stages.count == 1)
    #expect(file.stages[0].instructions.count == 1)
    return try #require(file.stages.first?.instructions.first).instruction
}
