import ChalkImage
import Foundation
import Synchronization
import Testing

/// The ignore tools of the library, and what a build reports.
@Suite struct IgnoreToolsTests {
    typealias Folder = ImageTests.Folder

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func buildsReportAndReturnWarnings() async throws {
        let source = try Folder(["tmp/.gitkeep": "", ".gitignore": "tmp/**\n!tmp/.gitkeep\n"])
        let store = try Folder()
        let image = try Image.base("scratch").addLocalDir(source.path, to: "/app", strategy: .copy)
        let builder = ImageBuilder(store: try ImageStore.open(store.path + "/store"))
        let path = source.path.hasSuffix("/") ? String(source.path.dropLast()) : source.path
        let wanted =
            "\(path)/.gitignore:1: tmp is ignored where git keeps it (rule A): tmp/** covers the directory itself; "
            + "write tmp/*"
        #expect(try await builder.plan(image).warnings == [wanted])
        let said = Mutex<[String]>([])
        let result = try await builder.build(image) { event in
            if case .warning(let text) = event { said.withLock { $0.append(text) } }
        }
        #expect(said.withLock { $0 } == [wanted])
        #expect(result.warnings == [wanted])
        let out = try Folder()
        #expect(try image.compile(to: out.path + "/made") == [wanted])
    }

    @Test func listing() throws {
        let folder = try Folder(["a.o": "", "b": "", ".gitignore": "*.o\n"])
        var lines: [String] = []
        let warnings = try IgnoreListing(includesIgnored: true).walk(folder.path) { entry in
            lines.append("\(text(entry.path)) \(entry.isIgnored) \(entry.answer.rule?.description ?? "-")")
        }
        #expect(lines == [".gitignore false -", "a.o true .gitignore:1: *.o", "b false -"])
        #expect(warnings.isEmpty)
        let error = #expect(throws: ChalkError.self) { try IgnoreListing().walk(folder.path + "/b") { _ in } }
        #expect(error?.kind == .invalidInput)
    }

    @Test func check() throws {
        let folder = try Folder(["a/b.o": "", ".gitignore": "*.o\n/a/\n"])
        let check = try IgnoreCheck(root: folder.path, workingDirectory: folder.path + "/a")
        #expect(try check.answer(Array("b.o".utf8)).rule?.line == 2)
        #expect(try check.answer(Array("../x.o".utf8)).rule?.line == 1)
        #expect(try !check.answer(Array("../x".utf8)).isIgnored)
        #expect(try !check.answer(Array("..".utf8)).isIgnored)
        #expect(throws: ChalkError.self) { try check.answer(Array("../../x".utf8)) }
    }

    @Test func comparison() throws {
        let folder = try Folder(["a/b": "", ".gitignore": "a/**\n"])
        var found: [(String, [String], [Bool])] = []
        try IgnoreComparison([.git, .goGit]).walk(folder.path) {
            found.append((text($0.path), $0.rules, $0.answers.map(\.answer.isIgnored)))
        }
        #expect(found.count == 1)
        #expect(found.first.map { $0.0 == "a" && $0.1 == ["A"] && $0.2 == [false, true] } == true)
    }

    @Test func conformance() throws {
        let folder = try Folder([
            "c.jsonl":
                #"{"id":"x","tree":{"ignore":{".gitignore":"a\n"}},"expect":{".gitignore":{"git":true}}}"#
        ])
        var problems: [String] = []
        let tally = try IgnoreConformance(.builtIn(.git)).run(folder.path + "/c.jsonl") {
            problems.append("\($0) \($1)")
        }
        #expect(tally.passed == 0 && tally.failed == 1 && tally.skipped == 0)
        #expect(problems == ["x .gitignore: expected ignored, got kept"])
    }
}
