import Foundation
import Testing

/// Buildah with a storage of its own inside a lab; it holds the lab's base image.
final class BuildahImages {
    private let lab: EquivalenceLab
    private let storage: [String]

    init(_ lab: EquivalenceLab, base: String = "localhost/busybox:test") throws {
        self.lab = lab
        // Which storage driver works here is for Buildah to find out.
        storage = ["buildah", "--root", lab.path + "/buildah", "--runroot", lab.path + "/buildah-run"]
        let archive = lab.path + "/base.oci"
        try lab.succeed(["export", base, "-o", "type=oci-archive,dest=\(archive)"])
        try buildah(["pull", "--quiet", "oci-archive:\(archive)"])
    }

    @discardableResult private func buildah(_ words: [String]) throws -> String {
        let ran = try EquivalenceLab.run(storage + words)
        try #require(ran.status == 0, "buildah \(words): \(ran.output) \(ran.errors)")
        return ran.line
    }

    /// Builds the Dockerfile of a directory, on the host's network as ours does; the format of Docker, since OCI's
    /// has no SHELL and HEALTHCHECK.
    func build(_ directory: String, as name: String, _ flags: [String] = []) throws {
        try buildah(
            [
                "bud", "--isolation=oci", "--runtime=runc", "--network=host", "--layers=false",
                "--format=docker", "--quiet",
            ] + flags + ["--tag", "localhost/\(name)", directory])
    }

    /// Hands over the root of an image's file tree.
    func withTree<Result>(of name: String, _ body: (String) throws -> Result) throws -> Result {
        let container = try buildah(["from", "localhost/\(name)"])
        defer { _ = try? buildah(["rm", container]) }
        return try body(try buildah(["mount", container]))
    }

    /// The `config` object of an image.
    func config(_ name: String) throws -> [String: Any] {
        let json = try EquivalenceLab.object(
            try buildah(["inspect", "--type", "image", "localhost/\(name)"]))
        let docker = try #require(json["Docker"] as? [String: Any])
        return docker["config"] as? [String: Any] ?? [:]
    }
}
