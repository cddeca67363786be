import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// A directory of one's own with a store in it; both go away with the value.
final class CommandLab: Sendable {
    /// Absolute, under the temporary directory.
    let path: String
    /// The store that ``chalk(_:variables:)`` works in.
    let store: String

    /// An empty store, or one that holds the tiny base `busybox`.
    init(withBase: Bool = false) throws {
        path = "\(TestPlace.directory)/chalk-command-" + RandomName.make()
        store = path + "/store"
        try FileSystem.makeDirectories(path, mode: 0o755)
        if withBase { try importBase(store) }
    }

    deinit {
        _ = try? BuiltCommand.run(["rm", "-rf", path])
    }

    /// Takes the tiny base into a store as `busybox`.
    @discardableResult
    func importBase(_ store: String) throws -> String {
        try check("import", try TinyBase.shared.get(), "-t", "busybox", "--store", store).line
    }

    /// Runs the command in the lab's directory on the lab's store, unless the words name another.
    func chalk(_ words: [String], variables: [String: String] = [:]) throws -> BuiltCommand.Ran {
        try BuiltCommand.run(try command(words), variables: variables, in: path)
    }

    /// The same for a run that must succeed.
    @discardableResult
    func check(_ words: String..., variables: [String: String] = [:]) throws -> BuiltCommand.Ran {
        try BuiltCommand.check(try command(words), variables: variables, in: path)
    }

    /// Starts the command.
    func start(_ words: String...) throws -> BuiltCommand.Running {
        try BuiltCommand.start(try command(words), in: path)
    }

    /// Builds quietly and gives the manifest's digest.
    func build(_ words: String..., variables: [String: String] = [:]) throws -> String {
        try BuiltCommand.check(
            try command(["build", "--progress=quiet"] + words), variables: variables, in: path
        ).line
    }

    /// The members of a metadata file.
    func metadata(_ name: String) throws -> [String: Any] { try object(read(name)) }

    func command(_ words: [String]) throws -> [String] {
        [try BuiltCommand.path()] + words
            + (words.contains("--store") || words.contains("--") ? [] : ["--store", store])
    }

    /// Writes a file, with the directories above it.
    func write(_ text: String, _ name: String, mode: Int = 0o644) throws {
        try FileSystem.makeDirectories(PathText.parent(of: "\(path)/\(name)"), mode: 0o755)
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
    }

    func read(_ name: String) throws -> [UInt8] {
        try FileSystem.read(name.hasPrefix("/") ? name : "\(path)/\(name)", limit: 1 << 28)
    }

    func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

    func exists(_ name: String) throws -> Bool {
        try FileSystem.statusIfPresent(name.hasPrefix("/") ? name : "\(path)/\(name)") != nil
    }

    /// Runs another program in the lab's directory; it must succeed.
    @discardableResult
    func tool(_ words: String..., variables: [String: String] = [:]) throws -> BuiltCommand.Ran {
        try BuiltCommand.check(words, variables: variables, in: path)
    }

    /// The sample that most tests build: files that are copied and two RUN steps.
    func writeSample() throws {
        try write("print('hello')\n", "src/app.py")
        try write("#!/bin/sh\necho run\n", "src/run.sh", mode: 0o755)
        try write("deep\n", "src/lib/deep/er.txt")
        try write("*.log\n", "src/.gitignore")
        try write("noise\n", "src/noise.log")
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/src/latest", withDestinationPath: "lib/deep/er.txt")
        try write(
            """
            {"baseImage": "busybox", "env": {"MODE": "test", "LEVEL": "1"}, "workdir": "/app",
             "steps": [
               {"addLocalDir": {"src": "src", "dest": "/app", "strategy": "copy"}},
               {"runCommands": {"commands": ["echo $MODE > /made && chmod 600 /made && ln -s made /alias",
                                             "rm /etc/extra && mkdir -p /var/data && seq 3 > /var/data/n"]}}
             ], "entrypoint": ["/bin/sh", "-c"], "cmd": ["cat /app/app.py"]}
            """, "image.json")
    }

    /// Every path below a directory with what `stat` says of it.
    func listing(_ directory: String) throws -> String {
        try tool("find", directory, "-printf", "%P %y %m %s %i %T@ %C@ %l\\n").output
            .split(separator: "\n").sorted().joined(separator: "\n")
    }
}

/// A root file system made from Debian's busybox-static, as a tar; made once.
enum TinyBase {
    static let shared = Result { try make() }

    private static func make() throws -> String {
        let path = "\(TestPlace.directory)/chalk-command-base-\(CurrentProcess.id)"
        let script = """
            set -e; rm -rf "$0"; mkdir -p "$0/root/bin" "$0/root/etc" "$0/root/tmp"; cd "$0/root"
            cp /bin/busybox bin/busybox
            for a in cat chmod echo env head id ln ls mkdir rm seq sh sleep touch trap yes; do ln -s busybox bin/$a; done
            echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd; echo 'root:x:0:' >etc/group; echo more >etc/extra
            chmod 1777 tmp
            tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@315532800 -cf ../base.tar .
            """
        try BuiltCommand.check(["sh", "-c", script, path])
        atexit {
            _ = try? BuiltCommand.run(["rm", "-rf", "\(TestPlace.directory)/chalk-command-base-\(getpid())"])
        }
        return path + "/base.tar"
    }
}

/// A JSON object.
func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
}

/// The descriptors of a member such as `layers`.
func objects(_ value: Any?) throws -> [[String: Any]] { try #require(value as? [[String: Any]]) }

/// A variable that `make test` sets.
func setting(_ name: String) throws -> String {
    try #require(
        ProcessInfo.processInfo.environment[name], "\(name) is not set; run the tests with `make test`")
}

extension String {
    /// The file below a layout that holds a blob.
    var blobPath: String { "blobs/" + split(separator: ":").joined(separator: "/") }
}
