import ChalkTestSupport
import Foundation
import Testing

/// Real pushes and pulls against Debian's registry, checked by skopeo.
@Suite struct RegistryTests {
    /// A registry whose `base:1` is the tiny base; the store of the lab that pushed it is forgotten.
    private static func registryWithBase() throws -> (registry: DockerRegistry, base: String, layer: String) {
        let registry = try DockerRegistry()
        let lab = try CommandLab(withBase: true)
        try lab.check("push", "busybox", "\(registry.name)/base:1")
        let image = try object(try lab.check("inspect", "busybox", "--json").bytes)
        let layers = try objects(image["layers"])
        return (registry, "\(registry.name)/base:1", try #require(layers.first?["digest"] as? String))
    }

    @Test func aPushedImageIsTheSameForSkopeoAndForAnEmptyStore() throws {
        let registry = try DockerRegistry()
        let (lab, digest) = try OutputTests.built()
        let name = "\(registry.name)/team/sample:1"
        #expect(try lab.check("push", "sample:1", name).line == digest)
        try lab.tool(
            "skopeo", "copy", "-q", "--preserve-digests", "--src-tls-verify=false", "docker://\(name)",
            "oci:copy:x")
        let index = try object(try lab.read("copy/index.json"))
        #expect(try objects(index["manifests"]).first?["digest"] as? String == digest)

        #expect(try lab.check("pull", name, "--store", "empty").line == digest)
        #expect(try lab.check("verify", "--store", "empty").output.hasSuffix(" bytes\n"))
        #expect(
            try lab.check("pull", "\(registry.name)/team/sample@\(digest)", "--store", "empty2").line
                == digest)

        let before = registry.requests.count
        #expect(try lab.check("push", "sample:1", name).line == digest)
        let again = registry.requests.dropFirst(before)
        #expect(!again.isEmpty)
        #expect(again.allSatisfy { !$0.contains("/uploads/") }, "\(again)")

        let absent = try lab.chalk(["pull", "\(registry.name)/team/sample:2", "--store", "empty"])
        #expect(absent.status == 3)
        #expect(absent.errors.contains("\(registry.name)/team/sample:2"), "\(absent.errors)")
    }

    @Test func aSpecWithoutRunNeverFetchesItsBase() throws {
        let (registry, base, layer) = try RegistryTests.registryWithBase()
        let lab = try CommandLab()
        try lab.write("one\n", "files/a")
        try lab.write(
            """
            {"baseImage": "\(base)", "steps": [{"addLocalDir": {"src": "files", "dest": "/f", "strategy": "copy"}}],
             "cmd": ["cat", "/f/a"]}
            """, "image.json")
        let name = "\(registry.name)/made:1"
        let digest = try lab.build("image.json", "-t", name, "--push")
        #expect(try !lab.exists("store/\(layer.blobPath)"))
        #expect(!registry.requests.contains { $0.hasPrefix("GET") && $0.contains(layer) })
        #expect(
            registry.requests.contains {
                $0.hasPrefix("POST /v2/made/blobs/uploads/") && $0.contains("from=base")
            },
            "\(registry.requests)")
        let verified = try lab.check("verify").output
        #expect(verified.hasSuffix(" bytes, 1 layers of bases not fetched\n"), "\(verified)")
        #expect(try lab.check("inspect", name).output.contains("(not fetched)"))
        try lab.tool(
            "skopeo", "copy", "-q", "--preserve-digests", "--src-tls-verify=false", "docker://\(name)",
            "oci:copy:x")
        let index = try object(try lab.read("copy/index.json"))
        #expect(try objects(index["manifests"]).first?["digest"] as? String == digest)

        // An output needs the bytes.
        try lab.check("export", name, "-o", "type=dir,dest=root")
        #expect(try lab.text("root/f/a") == "one\n")
        #expect(try lab.exists("root/bin/busybox"))
        #expect(try lab.exists("store/\(layer.blobPath)"))
        #expect(try lab.check("verify").output.hasSuffix(" bytes\n"))
    }

    @Test func aRunStepFetchesTheBaseOnce() throws {
        let (registry, base, layer) = try RegistryTests.registryWithBase()
        let lab = try CommandLab()
        try lab.write(
            #"{"baseImage": "\#(base)", "steps": [{"runCommands": {"commands": ["echo x > /x"]}}]}"#,
            "image.json")
        let digest = try lab.build("image.json", "-t", "made")
        #expect(try lab.exists("store/\(layer.blobPath)"))
        #expect(registry.requests.count { $0.hasPrefix("GET") && $0.contains(layer) } == 1)
        // Now everything is at hand: no word to the registry, unless --pull asks.
        let before = registry.requests.count
        #expect(try lab.build("image.json") == digest)
        #expect(registry.requests.count == before)
        #expect(try lab.build("image.json", "--pull") == digest)
        #expect(registry.requests.count > before)
    }

    @Test func pullFollowsAMovedTag() throws {
        let (registry, base, _) = try RegistryTests.registryWithBase()
        let lab = try CommandLab()
        try lab.write(#"{"baseImage": "\#(base)", "env": {"A": "1"}}"#, "image.json")
        let first = try lab.build("image.json")
        let other = try CommandLab()
        try other.write("new\n", "f")
        try other.write("FROM scratch\nCOPY f /f\n", "Dockerfile")
        _ = try other.build("-f", "Dockerfile", ".", "-t", base, "--push")
        #expect(try lab.build("image.json") == first)
        #expect(try lab.build("image.json", "--pull") != first)
        _ = registry
    }

    @Test func aBaseThatIsNowhereIsExitCode3() throws {
        let registry = try DockerRegistry()
        let lab = try CommandLab()
        try lab.write(#"{"baseImage": "\#(registry.name)/no/such:1"}"#, "image.json")
        let ran = try lab.chalk(["build", "image.json"])
        #expect(ran.status == 3)
        #expect(
            ran.errors.hasPrefix(
                "error: cannot find the image \(registry.name)/no/such:1: it is not in the store, and "),
            "\(ran.errors)")
    }
}
