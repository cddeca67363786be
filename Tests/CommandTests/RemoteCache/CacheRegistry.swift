import ChalkTestSupport
import Foundation
import Testing

/// One docker-registry for all tests of caches; each test has repositories of its own in it. `base:1` is the tiny base.
enum CacheRegistry {
    private static let started: Result<DockerRegistry, any Error> = Result { try start() }

    private static func start() throws -> DockerRegistry {
        let registry = try DockerRegistry()
        let lab = try CommandLab(withBase: true)
        try lab.check("push", "busybox", "\(registry.name)/base:1")
        atexit {
            guard let registry = try? CacheRegistry.shared() else { return }
            _ = try? BuiltCommand.run(["rm", "-rf", registry.directory])
        }
        return registry
    }

    static func shared() throws -> DockerRegistry { try started.get() }

    /// The requests so far that have to do with a repository.
    static func requests(_ repository: String) throws -> [String] {
        try shared().requests.filter { $0.contains("/v2/\(repository)/") }
    }

    /// The file that holds a blob or manifest.
    static func file(_ digest: String) throws -> String {
        let hex = digest.dropFirst("sha256:".count)
        return
            "\(try shared().directory)/storage/docker/registry/v2/blobs/sha256/\(hex.prefix(2))/\(hex)/data"
    }

    /// The keys of a cache's entries.
    static func keys(_ repository: String) throws -> [String] {
        let tags =
            "\(try shared().directory)/storage/docker/registry/v2/repositories/\(repository)/_manifests/tags"
        return try FileManager.default.contentsOfDirectory(atPath: tags).filter { $0.count == 64 }.sorted()
    }

    /// The manifest of an entry, with its digest.
    static func manifest(_ repository: String, _ tag: String) throws -> (digest: String, [String: Any]) {
        let link =
            "\(try shared().directory)/storage/docker/registry/v2/repositories/\(repository)/_manifests/tags/\(tag)/current/link"
        let digest = try String(contentsOfFile: link, encoding: .utf8)
        return (digest, try object(Array(try Data(contentsOf: URL(fileURLWithPath: file(digest))))))
    }
}

extension CommandLab {
    /// Two stages whose results are random: two builds have one digest only when the second executes nothing.
    func writeStages(_ registry: DockerRegistry) throws {
        try write("one\n", "src/a.txt")
        try write("two\n", "src/b.txt")
        try write(
            """
            FROM \(registry.name)/base:1 AS builder
            ARG WORD=none
            COPY src /src
            RUN head -c 16 /dev/urandom > /random && cat /src/a.txt > /made
            FROM \(registry.name)/base:1
            WORKDIR /app
            COPY --from=builder /made /random /app/
            RUN head -c 16 /dev/urandom > /stamp
            RUN true
            CMD ["cat", "/app/made"]

            """, "Dockerfile")
    }

    /// Builds the Dockerfile in a store and gives the digest and the number of executed steps.
    func buildStages(_ store: String, _ flags: String...) throws -> (
        digest: String, executed: Int, errors: String
    ) {
        let ran = try chalk(
            [
                "build", "--progress=quiet", "-f", "Dockerfile", ".", "--metadata-file", "\(path)/meta.json",
                "--store", "\(path)/\(store)",
            ] + flags)
        try #require(ran.status == 0, "\(ran.errors)")
        return (ran.line, try #require(try metadata("meta.json")["chalk.steps.executed"] as? Int), ran.errors)
    }
}
