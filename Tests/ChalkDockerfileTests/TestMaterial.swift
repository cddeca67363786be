import Foundation
import Testing

@testable import ChalkDockerfile

/// A generator that repeats: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

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
