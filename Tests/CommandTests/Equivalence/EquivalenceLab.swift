import ChalkSystem
import Foundation
import Testing
import ChalkTestSupport

/// A place of one's own for the built command: a store, a home, and a tiny base image from busybox.
final class EquivalenceLab: Sendable {
    /// What a program did.
    struct Ran: Sendable {
        let status: Int32
        let output: String
        let errors: String
        /// Standard output without its last line feed.
        var line: String { output.hasSuffix("\n") ? String(output.dropLast()) : output }
    }

    /// Everything is below it.
    let path: String
    private let command: String
    private let user: String?

    /// - Parameter user: who runs the command; nil for whoever runs the tests.
    init(user: String? = nil) throws {
        path = "\(TestPlace.directory)/chalk-command-" + RandomName.make()
        command = path + "/chalk-image"
        self.user = user
        try FileSystem.makeDirectories(path, mode: 0o755)
        let runner = try FileSystem.resolved("/proc/self/exe")
        try EquivalenceLab.shell(
            "cp --reflink=auto \"$0\" \"$1\" && chmod 755 \"$1\"", [built(beside: runner), command])
        if let user {
            try EquivalenceLab.shell("mkdir \"$1/home\" && chown \"$0:\" \"$1/home\"", [user, path])
        } else {
            try FileSystem.makeDirectories(path + "/home", mode: 0o755)
        }
    }

    private func built(beside runner: String) -> String { PathText.parent(of: runner) + "/chalk-image" }

    deinit {
        // Buildah leaves its storage mounted on itself, and a failed test its containers.
        let script = """
            grep -o " $0/[^ ]*" /proc/mounts | sort -ru | while read -r mount; do umount "$mount"; done; rm -rf "$0"
            """
        _ = try? EquivalenceLab.run(["sh", "-c", script, path])
    }

    /// The fixtures of the project.
    static let fixtures: String = {
        let parts = #filePath.split(separator: "/").dropLast(4)
        return "/" + parts.joined(separator: "/") + "/Fixtures"
    }()

    /// `name` of the environment that `make test` gives.
    static func setting(_ name: String) throws -> String {
        try #require(
            ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 },
            "\(name) is not set; run the tests with make test")
    }

    /// Makes the base `localhost/busybox:test` and gives the path of its tar.
    @discardableResult func makeBase() throws -> String {
        let tar = path + "/base.tar"
        try EquivalenceLab.shell(
            "sh \"$0\" \"$1/root\" \"$2\"", [EquivalenceLab.fixtures + "/equivalence/make-base", path, tar])
        try succeed(["import", tar, "-t", "localhost/busybox:test", "--cmd", "sh", "--env", "A=base"])
        return tar
    }

    /// Runs `chalk-image` with the lab's store.
    func chalk(_ words: [String], in directory: String? = nil) throws -> Ran {
        var line = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=\(path)/home"]
        line +=
            [
                "CHALK_IMAGE_STORE=\(path)/home/store", "LD_LIBRARY_PATH=\(EquivalenceLab.libraryPath)",
                command,
            ]
            + words
        if let user { line = ["setpriv", "--reuid", user, "--regid", user, "--init-groups"] + line }
        return try EquivalenceLab.run(line, in: directory ?? path + "/home")
    }

    private static var libraryPath: String {
        ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? ""
    }

    /// Runs `chalk-image`, which must end with 0, and gives its standard output's line.
    @discardableResult func succeed(
        _ words: [String], in directory: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let ran = try chalk(words, in: directory)
        try #require(ran.status == 0, "\(words): \(ran.errors)", sourceLocation: sourceLocation)
        return ran.line
    }

    /// The `config` object of an image.
    func config(_ image: String) throws -> [String: Any] {
        let json = try EquivalenceLab.object(try succeed(["inspect", "--json", image]))
        let config = try #require(json["config"] as? [String: Any])
        return config["config"] as? [String: Any] ?? [:]
    }

    /// Writes a file below ``path`` and gives its path.
    @discardableResult func write(_ text: String, to name: String, mode: Int = 0o644) throws -> String {
        let file = "\(path)/\(name)"
        try FileSystem.makeDirectories(PathText.parent(of: file), mode: 0o755)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// Runs a shell script, which must end with 0; words are `$0`, `$1`, ….
    @discardableResult static func shell(_ script: String, _ words: [String]) throws -> String {
        let ran = try run(["sh", "-ec", script] + words)
        try #require(ran.status == 0, "\(script) \(words): \(ran.errors)")
        return ran.output
    }

    /// Runs a program of PATH to its end.
    static func run(_ words: [String], in directory: String = "/", environment: [String: String] = [:]) throws
        -> Ran
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let files = try ["output", "errors"].map { name in
            let file = NSTemporaryDirectory() + "chalk-\(name)-" + RandomName.make()
            try Data().write(to: URL(fileURLWithPath: file))
            return file
        }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: files[0]))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: files[1]))
        try process.run()
        process.waitUntilExit()
        let texts = try files.map {
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self)
        }
        let signalled = process.terminationReason == .uncaughtSignal
        return Ran(
            status: process.terminationStatus + (signalled ? 128 : 0), output: texts[0], errors: texts[1])
    }

    /// Every entry below a directory with type, mode, owner, link target and, for files, the digest of the content.
    static func listing(_ directory: String) throws -> [String: String] {
        let entries = try shell(
            #"cd "$0"; find . -mindepth 1 -printf '%P\0%y %m %U:%G %l\0'"#, [directory])
        let digests = try shell(
            #"cd "$0"; find . -type f -printf '%P\0' | sort -z | xargs -0r sha256sum -z --"#, [directory])
        var listing: [String: String] = [:]
        let fields = entries.split(separator: "\0", omittingEmptySubsequences: false)
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            listing[String(fields[index])] = String(fields[index + 1])
        }
        for line in digests.split(separator: "\0") {
            listing[String(line.dropFirst(66)), default: "?"] += String(line.prefix(64))
        }
        return listing
    }
}
