import ChalkTestSupport
import Foundation
import Testing

/// `push` and `pull` with several names and platforms, as skopeo sees it.
@Suite struct TransferTests {
    @Test func aBuildForTwoPlatformsIsPushedAsOneIndex() throws {
        let registry = try DockerRegistry()
        let lab = try CommandLab()
        try lab.write("hello\n", "f")
        try lab.write("FROM scratch\nARG TARGETARCH\nCOPY f /f\nENV ARCH=$TARGETARCH\n", "Dockerfile")
        let name = "\(registry.name)/two:1"
        let digest = try lab.build(
            "-f", "Dockerfile", ".", "--platform", "linux/amd64,linux/arm64", "-t", name, "--push",
            "--metadata-file", "meta", "--iidfile", "id")
        #expect(try lab.metadata("meta")["containerimage.digest"] as? String == digest)
        #expect(try lab.text("id") == digest)
        let raw = try object(
            try lab.tool("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://\(name)").bytes)
        let platforms = try objects(raw["manifests"]).map { $0["platform"] as? [String: String] }
        #expect(
            platforms == [
                ["architecture": "amd64", "os": "linux"], ["architecture": "arm64", "os": "linux"],
            ])
        try lab.tool(
            "skopeo", "copy", "-q", "--all", "--preserve-digests", "--src-tls-verify=false",
            "docker://\(name)",
            "oci:copy:x")
        // The same again builds and sends nothing.
        let before = registry.requests.count
        let again = try lab.check("push", name, "--json", "--progress=quiet")
        let totals = try #require(try object(again.bytes)["totals"] as? [String: Any])
        #expect(totals["sent"] as? Int == 0 && totals["retried"] as? Int == 0)
        // One layer and two configs, two manifests, the index, its groups.
        #expect(totals["requests"] as? Int == 7)
        #expect(registry.requests.dropFirst(before).allSatisfy { $0.hasPrefix("HEAD ") })

        // All of it, or the image of one platform.
        #expect(try lab.check("pull", name, "--all-platforms", "--store", "all").line == digest)
        #expect(try lab.check("verify", "--store", "all").output.hasSuffix(" bytes\n"))
        #expect(try lab.check("push", name, "--store", "all").line == digest)
        let one = try lab.check("pull", name, "--platform", "linux/arm64", "--store", "one").line
        #expect(one != digest)
        let config = try object(try lab.check("inspect", one, "--json", "--store", "one").bytes)
        #expect("\(config)".contains("ARCH=arm64"))
        let imported = try lab.check("import", "copy", "--all-platforms", "-t", "again", "--store", "third")
            .line
        #expect(imported == digest)

        let refused = try lab.chalk(
            [
                "build", "-f", "Dockerfile", ".", "--platform", "linux/amd64,linux/arm64", "-o",
                "type=tar,dest=x",
            ])
        #expect(refused.status == 2)
        #expect(refused.errors.contains("--output takes an image of one platform"), "\(refused.errors)")
    }

    @Test func onePushServesSeveralRepositories() throws {
        let registry = try DockerRegistry()
        let lab = try CommandLab()
        try lab.write("hello\n", "f")
        try lab.write("FROM scratch\nCOPY f /f\n", "Dockerfile")
        let digest = try lab.build("-f", "Dockerfile", ".", "-t", "made")
        let names = ["a:1", "a:2", "b:1"].map { "\(registry.name)/\($0)" }
        let pushed = try lab.check("push", "made", names[0], names[1], names[2], "--json", "--progress=plain")
        let result = try object(pushed.bytes)
        #expect(result["digest"] as? String == digest)
        #expect(result["names"] as? [String] == names)
        #expect(pushed.errors.contains("mounted "), "\(pushed.errors)")
        #expect(pushed.errors.contains(" requests\n"), "\(pushed.errors)")
        for name in names {
            let seen = try object(
                try lab.tool("skopeo", "inspect", "--tls-verify=false", "docker://\(name)").bytes)
            #expect(seen["Digest"] as? String == digest)
        }
        for (words, text) in [
            (["--jobs", "0"], "--jobs is a number from 1 to 64, not \"0\""),
            (["--retries", "many"], "--retries is a number from 0 to 100, not \"many\""),
        ] {
            let refused = try lab.chalk(["push", "made", names[0]] + words)
            #expect(refused.status == 2)
            #expect(refused.errors.contains(text), "\(refused.errors)")
        }
    }
}
