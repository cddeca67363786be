import Foundation
import Testing

@testable import ChalkSpec

/// `Fixtures/specs`: whole spec files, good and bad.
enum SpecFixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/specs")

    /// The JSON files of one subfolder, by name.
    static func names(in subfolder: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path(subfolder))) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    static func path(_ subfolder: String) -> String {
        folder.appending(path: subfolder).path(percentEncoded: false)
    }

    static func read(_ name: String, in subfolder: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appending(path: "\(subfolder)/\(name)")))
    }

    static func location(_ subfolder: String) -> SpecLocation {
        SpecLocation(directory: path(subfolder), files: DiskFiles())
    }
}

/// The real files of this machine.
struct DiskFiles: SpecFiles {
    func kind(of path: String) throws -> SpecFileKind {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return .missing }
        if isDirectory.boolValue { return .directory }
        return .file(executable: FileManager.default.isExecutableFile(atPath: path))
    }

    func read(_ path: String, limit: Int) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(filePath: path)))
    }
}

@Suite("Spec files in Fixtures/specs")
struct FixtureTests {
    @Test("There are as many as promised")
    func counts() {
        #expect(SpecFixtures.names(in: "valid").count >= 15)
        #expect(SpecFixtures.names(in: "invalid").count >= 25)
    }

    @Test(
        "A valid file is read, written, and read again as the same value",
        arguments: SpecFixtures.names(in: "valid"))
    func valid(name: String) throws {
        let here = SpecFixtures.location("valid")
        let spec = try ImageSpec.read(json: SpecFixtures.read("\(name).json", in: "valid"), in: here)
        let text = try spec.jsonText()
        #expect(try ImageSpec.read(json: Array(text.utf8), in: here) == spec)
        let relative = try spec.jsonText(
            relativeTo: SpecFixtures.folder.path(percentEncoded: false) + "/valid")
        #expect(try ImageSpec.read(json: Array(relative.utf8), in: here) == spec)
        #expect(try spec.jsonText() == text)
    }

    @Test("An invalid file gives the sentence beside it", arguments: SpecFixtures.names(in: "invalid"))
    func invalid(name: String) throws {
        let expected = String(
            decoding: try SpecFixtures.read("\(name).error.txt", in: "invalid"), as: UTF8.self)
        let bytes = try SpecFixtures.read("\(name).json", in: "invalid")
        let message = problem { _ = try ImageSpec.read(json: bytes, in: SpecFixtures.location("invalid")) }
        let directory = SpecFixtures.path("invalid")
        #expect(message.replacing(directory, with: "{dir}") + "\n" == expected)
    }

    @Test(
        "Every error of an invalid file has a position or a place",
        arguments: SpecFixtures.names(in: "invalid"))
    func positions(name: String) throws {
        let bytes = try SpecFixtures.read("\(name).json", in: "invalid")
        let error = #expect(throws: SpecError.self) {
            _ = try ImageSpec.read(json: bytes, in: SpecFixtures.location("invalid"))
        }
        #expect(error?.line != nil)
    }
}
