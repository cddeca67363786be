import Foundation
import Testing

/// The images of `Fixtures/specs/sdk/make_images.py`, made once by the published SDK.
struct ImageSDKImages: Sendable {
    struct Trouble: Error, CustomStringConvertible {
        let description: String
    }

    struct LazyFile: Codable, Hashable {
        let src: String
        let dest: String
        let mode: UInt32?
        let mountRoot: String?
    }

    struct Volumes: Codable {
        let files: [LazyFile]
        let groups: [String: [String]]
    }

    /// Where the script wrote; local files are in `files` below it.
    let directory: URL

    private static let made = Result { try make() }

    static func shared() throws -> ImageSDKImages { try made.get() }

    private static func make() throws -> ImageSDKImages {
        guard let python = ProcessInfo.processInfo.environment["CHALK_SDK_PYTHON"], !python.isEmpty else {
            throw Trouble(
                description:
                    "CHALK_SDK_PYTHON is not set: run these tests by `make test`, or set it to a Python that "
                    + "has chalkcompute==1.5.17")
        }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let script = root.appending(path: "Fixtures/specs/sdk/make_images.py")
        // One place for all runs, so that none is left behind in the temporary directory.
        let directory = root.resolvingSymlinksInPath().appending(path: ".build/chalk-sdk-images")
        try? FileManager.default.removeItem(at: directory)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [script.path(percentEncoded: false), directory.path(percentEncoded: false)]
        let output = Foundation.Pipe()
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Trouble(description: "the SDK's script failed: \(said)")
        }
        return ImageSDKImages(directory: directory)
    }

    /// A local file that the script made, as an absolute path.
    func file(_ name: String) -> String {
        directory.appending(path: "files/\(name)").path(percentEncoded: false)
    }

    func protobuf(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: directory.appending(path: name + ".pb")))
    }

    /// `MessageToDict` of the message.
    func json(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: directory.appending(path: name + ".spec.json")))
    }

    func volumes(_ name: String) throws -> Volumes {
        try JSONDecoder().decode(
            Volumes.self, from: Data(contentsOf: directory.appending(path: name + ".json")))
    }
}
