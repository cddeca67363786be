import ChalkTestSupport
import Foundation
import Testing

/// A group as `inspect --json` and metadata files have it.
struct ShownGroup: Equatable {
    let mountPath: String
    let digest: String
    let layer: String
    let diffID: String
    let files: Int
    let bytes: Int
    /// `cached` or `built`, in metadata.
    let outcome: String?
    let reason: String?

    init(_ object: [String: Any]) throws {
        mountPath = try #require(object["mountPath"] as? String)
        digest = try #require(object["digest"] as? String)
        layer = try #require((object["layer"] as? [String: Any])?["digest"] as? String)
        diffID = try #require(object["diffID"] as? String)
        files = try #require(object["files"] as? Int)
        bytes = try #require(object["bytes"] as? Int)
        outcome = object["outcome"] as? String
        reason = object["reason"] as? String
    }
}

extension CommandLab {
    /// A spec with one baked file and lazy ones: a directory, a single file, and what lies below the directory's mount.
    static func withLazyFiles() throws -> CommandLab {
        let lab = try CommandLab()
        try lab.write("baked\n", "baked.txt")
        try lab.write("print(1)\n", "app/main.py")
        try lab.write("#!/bin/sh\n", "app/run.sh", mode: 0o755)
        try lab.write("deep\n", "app/lib/a.txt")
        try lab.write("*.log\n", "app/.gitignore")
        try lab.write("noise\n", "app/x.log")
        try lab.write("port: 1\n", "conf.yaml")
        try lab.writeLazySpec()
        return lab
    }

    /// - Parameter steps: more steps, each with a comma before it.
    func writeLazySpec(_ steps: String = "") throws {
        try write(
            """
            {"baseImage": "scratch", "steps": [
              {"addLocalFile": {"src": "baked.txt", "dest": "/opt/baked", "strategy": "copy"}},
              {"addLocalDir": {"src": "app", "dest": "/app"}},
              {"addLocalFile": {"src": "conf.yaml", "dest": "/app/etc/conf.yaml", "mode": 416}}\(steps)
            ]}
            """, "image.json")
    }

    /// Builds, and says the image's digest and its groups.
    func buildGroups(_ flags: String...) throws -> (image: String, groups: [ShownGroup]) {
        let ran = try BuiltCommand.check(
            try command(["build", "--progress=quiet", "image.json", "--metadata-file", "m.json"] + flags),
            in: path)
        let groups = try metadata("m.json")["chalk.groups"] as? [[String: Any]] ?? []
        return (ran.line, try groups.map { try ShownGroup($0) })
    }

    /// The groups of an image in a store.
    func groups(of name: String, store: String? = nil) throws -> [ShownGroup] {
        let ran = try BuiltCommand.check(
            try command(["inspect", name, "--json"] + (store.map { ["--store", $0] } ?? [])), in: path)
        return try (object(ran.bytes)["groups"] as? [[String: Any]] ?? []).map { try ShownGroup($0) }
    }

    /// The paths in a layer of the store.
    func paths(in layer: String) throws -> [String] {
        try tool("tar", "tzf", "store/\(layer.blobPath)").output.split(separator: "\n").map(String.init)
    }
}
