import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// Mirrors, rules and proxies as users set them.
@Suite struct RouteTests {
    @Test func mirrorsOfDockerHub() throws {
        let access = try AccessLab()
        let registry = try DockerRegistry()
        try access.check("push", "busybox", "\(registry.name)/hub/library/tiny:1")
        try access.lab.write(
            #"{"registry": [{"prefix": "docker.io", "mirror": [{"location": "\#(registry.name)/hub"}]}, "#
                + #"{"prefix": "docker.io/bad", "blocked": true}]}"#,
            "home/.config/chalk-image/registries.json")
        // Nobody asks Docker Hub, for the mirror has it all.
        access.variables["HTTPS_PROXY"] = "http://127.0.0.1:1"
        try access.lab.write("FROM tiny:1\nCOPY Dockerfile /d\nRUN true\n", "Dockerfile")
        try access.check("build", "-q", "-f", "Dockerfile", ".", "-t", "made")
        #expect(registry.requests.contains("GET /v2/hub/library/tiny/manifests/1"))
        let file = "\(access.lab.path)/home/.config/chalk-image/registries.json"
        let blocked = try access.chalk("pull", "bad/app")
        #expect(blocked.status == 1)
        #expect(
            blocked.errors.contains("docker.io/bad is blocked by \(file)\n"), "\(blocked.errors)")
        let explained = try access.check("auth", "explain", "tiny:1").output
        #expect(
            explained.hasPrefix(
                "pull docker.io/library/tiny:1\n  rules         \(file): \"docker.io\"\n\n"
                    + "mirror \(registry.name)/hub/library/tiny:1\n"))
        #expect(explained.contains("  proxy         http://127.0.0.1:1\n"))

        try access.lab.write(#"{"registry": [{"prefix": "a.test", "mirrors": []}]}"#, "rules.json")
        let wrong = try access.chalk("pull", "tiny:1", "--registries-conf", "rules.json")
        #expect(
            wrong.status == 2
                && wrong.errors
                    == "error: the rules for registries in \(access.lab.path)/rules.json are wrong: registry[0] says \"mirrors\", "
                    + "which is not known: it can say prefix, location, insecure, blocked, mirror\n",
            "\(wrong.errors)")
    }

    /// A mirror that sends other bytes for a layer: the store never has them, and the registry is asked instead.
    @Test func aMirrorThatLies() throws {
        let access = try AccessLab()
        let registry = try DockerRegistry()
        let name = "\(registry.name)/app:1"
        try access.check("push", "busybox", name)
        let image = try object(try access.check("inspect", "busybox", "--json").bytes)
        let manifest = try #require(image["manifest"] as? [String: Any])
        let layer = try #require(try objects(manifest["layers"]).first)
        let digest = try #require(layer["digest"] as? String)
        let size = try #require(layer["size"] as? Int)
        let store = access.lab.store
        let descriptor = try #require(image["descriptor"] as? [String: Any])
        let document = try #require(descriptor["digest"] as? String)
        let mirror = try WebServer { request in
            if request.target.hasSuffix(digest) {
                return WebServer.Answer(body: [UInt8](repeating: 7, count: size))
            }
            let wanted =
                request.target.contains("/manifests/")
                ? document : String(request.target.split(separator: "/").last ?? "")
            guard let bytes = try? FileSystem.read("\(store)/\(wanted.blobPath)", limit: 1 << 24) else {
                return WebServer.Answer(404)
            }
            return WebServer.Answer(
                200, [("Content-Type", "application/vnd.oci.image.manifest.v1+json")], body: bytes)
        }
        try access.lab.write(
            #"{"registry": [{"prefix": "\#(registry.name)", "mirror": [{"location": "127.0.0.1:\#(mirror.port)"}]}]}"#,
            "rules.json")
        access.variables["CHALK_IMAGE_REGISTRIES"] = "\(access.lab.path)/rules.json"
        try access.check("pull", name, "--store", "empty")
        #expect(mirror.log.contains { $0.hasSuffix(digest) })
        #expect(registry.requests.contains { $0.hasPrefix("GET ") && $0.hasSuffix(digest) })
        try access.check("verify", "--store", "empty")
    }

    /// ADD goes through proxies as registries do.
    @Test func proxiesForADD() throws {
        let access = try AccessLab()
        let proxy = try WebServer { request in
            request.headers["proxy-authorization"] == "Basic bWU6aHVudGVyMg=="
                ? WebServer.Answer(body: Array("of \(request.target)".utf8)) : WebServer.Answer(407)
        }
        try access.lab.write("FROM scratch\nADD http://files.test/x /x\n", "Dockerfile")
        access.variables["http_proxy"] = "http://me:wrong@127.0.0.1:\(proxy.port)"
        let refused = try access.chalk("build", "-q", "-f", "Dockerfile", ".")
        #expect(refused.status == 4 && !refused.errors.contains("wrong"), "\(refused.errors)")
        #expect(
            refused.errors.contains(
                "the proxy http://127.0.0.1:\(proxy.port) does not take the password in its URL"),
            "\(refused.errors)")
        access.variables["http_proxy"] = "http://me:hunter2@127.0.0.1:\(proxy.port)"
        try access.check("build", "-q", "-f", "Dockerfile", ".", "-o", "type=dir,dest=out")
        #expect(try access.lab.text("out/x") == "of http://files.test/x")
    }
}
