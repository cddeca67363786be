import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// Entries that somebody has changed in the registry's storage, or put where they do not belong.
@Suite struct TamperedCacheTests {
    private let registry: DockerRegistry
    private let lab: CommandLab
    /// Blobs are one file in the registry, whoever has them: each test has its own.
    private let one = "RUN echo \(RandomName.make()) > /one"

    init() throws {
        registry = try CacheRegistry.shared()
        lab = try CommandLab()
        try lab.write(
            """
            FROM \(registry.name)/base:1
            \(one)
            RUN echo two > /two

            """, "Dockerfile")
    }

    /// Fills a cache and gives the build's digest and the tag of the first step's entry.
    private func filled(_ repository: String) throws -> (digest: String, entry: String) {
        let built = try lab.buildStages("filled", "--cache-to", "\(registry.name)/\(repository),mode=max")
        for key in try CacheRegistry.keys(repository) {
            let (_, manifest) = try CacheRegistry.manifest(repository, key)
            let config = try object(
                Array(
                    try Data(contentsOf: URL(fileURLWithPath: CacheRegistry.file(digest(manifest["config"]))))
                ))
            let history = try objects(config["history"])
            if history.first?["created_by"] as? String == one { return (built.digest, key) }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    private func digest(_ descriptor: Any?) throws -> String {
        try #require((descriptor as? [String: Any])?["digest"] as? String)
    }

    /// Builds in an empty store; the first step must be executed, with one warning that has the words.
    private func refused(_ repository: String, _ expected: String, _ words: String, executed: Int = 1) throws
    {
        let ran = try lab.buildStages("empty", "--cache-from", "\(registry.name)/\(repository)")
        #expect(ran.executed == executed)
        #expect(ran.digest == expected)
        #expect(ran.errors.contains(words) && ran.errors.hasPrefix("warning: "), "\(ran.errors)")
        #expect(try lab.check("verify", "--store", "\(lab.path)/empty").output.contains("the store is good"))
    }

    private func overwrite(_ digest: String) throws {
        let path = try CacheRegistry.file(digest)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    /// Changes the one cache record of the store `liar` by lines of Python, and makes its checksum right again.
    private func falsify(_ change: String) throws {
        let script = """
            import glob, hashlib, json, sys
            def text(record): return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            def sum(record): return hashlib.sha256(text(record).encode()).hexdigest()
            [name] = glob.glob(sys.argv[1] + "/chalk/records/??/*.json")
            record = json.load(open(name))
            assert record.pop("checksum") == sum(record)
            \(change)
            record["checksum"] = sum(record)
            open(name, "w").write(text(record))
            """
        try lab.tool("python3", "-c", script, "\(lab.path)/liar")
    }

    @Test func aChangedConfig() throws {
        let (digest, entry) = try filled("changed-config")
        try overwrite(self.digest(try CacheRegistry.manifest("changed-config", entry).1["config"]))
        try refused("changed-config", digest, "is refused: ")
    }

    @Test func aChangedManifest() throws {
        let (digest, entry) = try filled("changed-manifest")
        try overwrite(try CacheRegistry.manifest("changed-manifest", entry).digest)
        try refused("changed-manifest", digest, "is refused: ")
    }

    @Test func aChangedLayerIsFoundWhenItIsNeeded() throws {
        let (_, entry) = try filled("changed-layer")
        let layers = try objects(try CacheRegistry.manifest("changed-layer", entry).1["layers"])
        try overwrite(self.digest(layers.first))
        // The layer is needed by a step that the cache does not have.
        try lab.write(
            "FROM \(registry.name)/base:1\n\(one)\nRUN cat /one > /three\n", "Dockerfile")
        let expected = try lab.buildStages("home").digest
        try refused("changed-layer", expected, "which a cache has for a step, is refused: ", executed: 2)
        // Or by an output, when no step does.
        try lab.write("FROM \(registry.name)/base:1\n\(one)\n", "Dockerfile")
        let written = try lab.buildStages(
            "other", "--cache-from", "\(registry.name)/changed-layer", "-o", "type=dir,dest=out")
        #expect(written.executed == 1, "\(written.errors)")
        #expect(try lab.exists("out/one"))
    }

    @Test func anEntryForAnotherKey() throws {
        let (digest, entry) = try filled("moved")
        let other = try #require(try CacheRegistry.keys("moved").first { $0 != entry })
        try lab.tool(
            "skopeo", "copy", "-q", "--src-tls-verify=false", "--dest-tls-verify=false", "--preserve-digests",
            "docker://\(registry.name)/moved:\(other)", "docker://\(registry.name)/moved:\(entry)")
        try refused(
            "moved", digest,
            "is refused: its record cannot be used: it has another key; what it is for is made here"
        )
    }

    @Test func anImageThatIsNoEntry() throws {
        let (digest, entry) = try filled("foreign")
        try lab.tool(
            "skopeo", "copy", "-q", "--src-tls-verify=false", "--dest-tls-verify=false", "--preserve-digests",
            "docker://\(registry.name)/base:1", "docker://\(registry.name)/foreign:\(entry)")
        try refused(
            "foreign", digest, "is refused: its config has no cache record; what it is for is made here")
    }

    /// An entry whose documents agree, made by somebody whose record says another diffID.
    @Test func aWrongDiffIDIsFoundWhenTheLayerIsNeeded() throws {
        let first = "FROM \(registry.name)/base:1\n\(one)\n"
        try lab.write(first, "Dockerfile")
        _ = try lab.buildStages("liar")
        try falsify(#"record["diffID"] = "sha256:" + "0" * 64"#)
        _ = try lab.buildStages("liar", "--cache-to", "\(registry.name)/lying")
        try lab.write(first + "RUN cat /one > /three\n", "Dockerfile")
        let expected = try lab.buildStages("home").digest
        try refused(
            "lying", expected, "is refused: its content has diffID sha256:", executed: 2)
    }

    /// What files make is known without the cache, so nobody's word for it is taken.
    @Test func anotherLayerForFilesIsRefused() throws {
        try lab.write("mine\n", "f")
        try lab.write("FROM scratch\nCOPY f /f\n", "Dockerfile")
        let honest = try lab.buildStages("home").digest
        _ = try lab.buildStages("liar")
        try falsify(
            """
            evil = b"evil" * 100
            digest = hashlib.sha256(evil).hexdigest()
            record["layer"]["digest"] = "sha256:" + digest
            record["layer"]["size"] = len(evil)
            open(sys.argv[1] + "/blobs/sha256/" + digest, "wb").write(evil)
            """)
        _ = try lab.buildStages("liar", "--cache-to", "\(registry.name)/evil")
        try refused("evil", honest, "is what the files make, and the cache has another, which is refused")
    }
}
