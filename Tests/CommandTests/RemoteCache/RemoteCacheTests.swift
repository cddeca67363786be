import ChalkTestSupport
import Foundation
import Testing

/// Two stores that share a cache in a real registry.
@Suite struct RemoteCacheTests {
    private let registry: DockerRegistry
    private let lab: CommandLab

    init() throws {
        registry = try CacheRegistry.shared()
        lab = try CommandLab()
        try lab.writeStages(registry)
    }

    private func cache(_ name: String) -> String { "\(registry.name)/\(name)" }

    @Test func anEmptyStoreExecutesNothing() throws {
        let cache = cache("twice")
        let first = try lab.buildStages("a", "--cache-to", "\(cache),mode=max")
        #expect(first.executed == 6)
        #expect(try CacheRegistry.keys("twice").count == 8)
        let second = try lab.buildStages(
            "b", "--cache-from", "type=registry,ref=\(cache)", "-t", "\(registry.name)/twice-app:1", "--push")
        #expect(second.digest == first.digest)
        #expect(second.executed == 0)
        // No layer came here, not even the base's, but what the context's files make; the image was put together in the
        // registry.
        let layers = try #require(
            try CacheRegistry.manifest("twice-app", "1").1["layers"] as? [[String: Any]])
        let stamp = try #require(layers.last?["digest"] as? String)
        #expect(try !lab.exists("b/\(stamp.blobPath)"))
        let mounts = try CacheRegistry.requests("twice-app").filter {
            $0.hasPrefix("POST ") && $0.contains("from=twice")
        }
        #expect(mounts.count == 3, "\(mounts)")
        // It knows by itself now, and what it has it can give on without building.
        #expect(try lab.buildStages("b").executed == 0)
        #expect(
            try lab.buildStages("b", "--cache-to", "\(self.cache("twice-more")):main,mode=max").executed == 0)
        let third = try lab.buildStages("c", "--cache-from", "\(self.cache("twice-more")):main")
        #expect(third.digest == first.digest && third.executed == 0)
        #expect(try lab.check("verify", "--store", "\(lab.path)/b").output.contains("the store is good"))
        // A layer that is fetched when the image is written out.
        try lab.tool(
            try BuiltCommand.path(), "build", "-q", "-f", "Dockerfile", ".", "--store", "\(lab.path)/b", "-o",
            "type=dir,dest=root")
        #expect(try lab.text("root/app/made") == "one\n")
        #expect(try lab.exists("root/stamp"))
    }

    @Test func minHasTheStepsOfTheImageAlone() throws {
        let cache = cache("least")
        _ = try lab.buildStages("a", "--cache-to", cache)
        #expect(try CacheRegistry.keys("least").count == 6)
    }

    @Test func whatIsThereIsNotSentAgain() throws {
        let cache = cache("again")
        _ = try lab.buildStages("a", "--cache-to", "\(cache),mode=max")
        let before = try CacheRegistry.requests("again").count
        _ = try lab.buildStages("a", "--cache-to", "\(cache),mode=max")
        let more = try CacheRegistry.requests("again").dropFirst(before)
        #expect(more.count >= 8 && more.allSatisfy { $0.hasPrefix("HEAD ") }, "\(more)")
        // Asked not to believe earlier results, it replaces them.
        let anew = try lab.buildStages("a", "--no-cache", "--cache-to", "\(cache),mode=max")
        let other = try lab.buildStages("b", "--cache-from", cache)
        #expect(anew.executed == 6 && other.digest == anew.digest && other.executed == 0)
    }

    @Test func aMissIsExplainedAsAtHome() throws {
        let cache = cache("why")
        let home = try CommandLab(withBase: true)
        try home.writeSample()
        _ = try home.build("image.json", "--cache-to", "\(cache),mode=max")
        try home.importBase("\(home.path)/away")
        for (change, _, _) in PlanTests.changes {
            try home.tool("rm", "-rf", "src")
            try home.writeSample()
            try home.tool("sh", "-c", change)
            let known = try home.check("plan", "image.json", "--json").output
            let away = try home.check(
                "plan", "image.json", "--json", "--cache-from", cache, "--store", "\(home.path)/away"
            ).output
            #expect(known == away, "\(change)")
        }
    }

    @Test func valuesOfVariablesStayAtHome() throws {
        let marker = "aSecret\(UInt64.random(in: 1 << 60 ... .max))"
        _ = try lab.buildStages(
            "a", "--build-arg", "WORD=\(marker)", "--cache-to", "\(cache("hidden")),mode=max")
        #expect(try CacheRegistry.keys("hidden").count == 8)
        for directory in ["blobs", "repositories"] {
            let found = try lab.tool(
                "sh", "-c",
                "grep -rlF \(marker) \(registry.directory)/storage/docker/registry/v2/\(directory) || true")
            #expect(found.output.isEmpty, "\(found.output)")
        }
        let again = try lab.buildStages(
            "b", "--build-arg", "WORD=\(marker)", "--cache-from", cache("hidden"))
        #expect(again.executed == 0)
        let other = try lab.buildStages("c", "--build-arg", "WORD=x", "--cache-from", cache("hidden"))
        #expect(other.executed > 0)
    }

    @Test func aRegistryThatIsDownCostsAWarning() throws {
        let nowhere = "localhost:1/cache"
        let built = try lab.buildStages("a", "--cache-from", nowhere)
        #expect(built.executed == 6)
        #expect(
            built.errors.hasPrefix(
                "warning: the cache \(nowhere) is not used: cannot pull manifest \(nowhere):"))
        #expect(built.errors.split(separator: "\n").count == 1, "\(built.errors)")

        let ran = try lab.chalk([
            "build", "-q", "-f", "Dockerfile", ".", "--cache-to", nowhere, "--store", "\(lab.path)/a",
        ])
        #expect(ran.status == 1)
        #expect(ran.line == built.digest)
        #expect(
            ran.errors.hasPrefix("error: the image is built, but not everything is in the cache \(nowhere): ")
                && ran.errors.hasSuffix("; ignore-error=true makes this a warning\n"), "\(ran.errors)")
        let ignored = try lab.buildStages("a", "--cache-to", "type=registry,ref=\(nowhere),ignore-error=true")
        #expect(ignored.errors.hasPrefix("warning: not everything is in the cache \(nowhere): "))
    }

    @Test func aRegistryThatLetsNobodyInCostsAWarning() throws {
        let server = try WebServer { _ in
            WebServer.Answer(
                403, body: Array(#"{"errors":[{"code":"DENIED","message":"not for you"}]}"#.utf8))
        }
        let closed = "127.0.0.1:\(server.port)/cache"
        let built = try lab.buildStages("a", "--cache-from", closed)
        #expect(built.executed == 6)
        #expect(built.errors.hasPrefix("warning: the cache \(closed) is not used: "), "\(built.errors)")
        let ran = try lab.chalk([
            "build", "-q", "-f", "Dockerfile", ".", "--cache-to", closed, "--store", "\(lab.path)/a",
        ])
        #expect(ran.status == 4, "\(ran.errors)")
    }

    /// Words of `--cache-to` and what is said of them.
    static let wrongWords = [
        ("type=gha", "a cache of type=gha is not offered: --cache-to type=registry,ref=REF"),
        ("type=registry", "--cache-to needs a reference: REF, or type=registry,ref=REF"),
        ("x,mode=some", "the mode of --cache-to is min or max, not \"some\""),
        ("x,image-manifest=false", "image-manifest=false is not offered: entries of a cache are OCI images"),
        ("x,compression=zstd", "--cache-to has type, ref, mode and ignore-error, not \"compression\""),
        ("x,", "--cache-to has NAME=VALUE, not \"\""),
    ]

    @Test(arguments: RemoteCacheTests.wrongWords) func wrongWordsAreSaid(_ word: String, _ sentence: String)
        throws
    {
        let ran = try lab.chalk(["build", "-f", "Dockerfile", ".", "--cache-to", word])
        #expect(ran.status == 2)
        #expect(ran.errors == "error: \(sentence); see `chalk-image build --help`\n")
    }

    @Test func aCacheIsNoSingleManifest() throws {
        let digest = "sha256:" + String(repeating: "a", count: 64)
        let ran = try lab.chalk(["build", "-f", "Dockerfile", ".", "--cache-from", "x@\(digest)"])
        #expect(ran.status == 2)
        #expect(
            ran.errors.contains(
                "names one manifest by its digest, and a cache has many: leave out the digest"))
        let long = try lab.chalk([
            "build", "-f", "Dockerfile", ".", "--cache-from", "x:" + String(repeating: "a", count: 64),
        ])
        #expect(long.status == 2)
        #expect(long.errors.contains("has 64 bytes, at most 63 do"), "\(long.errors)")
    }
}
