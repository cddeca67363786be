import ChalkTestSupport
import Foundation
import Testing

/// Groups in Debian's registry, in the hands of skopeo and umoci.
@Suite struct GroupTransferTests {
    /// Requests of a repository since a moment.
    private static func requests(_ registry: DockerRegistry, of repository: String, since start: Int)
        -> [String]
    {
        registry.requests.dropFirst(start).filter { $0.contains("/v2/\(repository)/") }
    }

    @Test func groupsTravelWithTheirImage() throws {
        let registry = try SharedRegistry.get()
        let lab = try CommandLab.withLazyFiles()
        let name = "\(registry.name)/groups/whole:1"
        let built = try lab.buildGroups("-t", name, "--push")
        #expect(try lab.check("pull", "--volumes", name, "--store", "empty").line == built.image)
        #expect(try lab.groups(of: name, store: "empty").map(\.digest) == built.groups.map(\.digest))
        try lab.check("verify", "--store", "empty")

        // Another tool sees an ordinary image.
        let group = "docker://\(registry.name)/groups/whole@\(built.groups[0].digest)"
        let seen = try object(try lab.tool("skopeo", "inspect", "--tls-verify=false", group).bytes)
        #expect(seen["Layers"] as? [String] == [built.groups[0].layer])
        try lab.tool("skopeo", "copy", "-q", "--src-tls-verify=false", group, "oci:copy:x")
        try lab.tool("umoci", "unpack", "--rootless", "--image", "copy:x", "unpacked")
        #expect(try lab.text("unpacked/rootfs/lib/a.txt") == "deep\n")
        #expect(try lab.text("unpacked/rootfs/main.py") == "print(1)\n")

        // What has not changed is not sent.
        var start = registry.requests.count
        try lab.check("push", name)
        let again = GroupTransferTests.requests(registry, of: "groups/whole", since: start)
        #expect(
            !again.isEmpty && !again.contains { $0.contains("/uploads/") || $0.hasPrefix("PUT") }, "\(again)")

        try lab.write("print(2)\n", "app/main.py")
        start = registry.requests.count
        let edited = try lab.buildGroups("-t", name, "--push")
        #expect(edited.image == built.image)
        let sent = GroupTransferTests.requests(registry, of: "groups/whole", since: start)
        // The layer of the changed group and its config.
        #expect(sent.filter { $0.hasPrefix("POST") }.count == 2, "\(sent)")
        // The list of referrers holds both sets; the tag says which counts.
        #expect(try lab.check("pull", "--volumes", name, "--store", "empty").line == built.image)
        #expect(try lab.groups(of: name, store: "empty").map(\.digest) == edited.groups.map(\.digest))
        let byDigest = try lab.chalk(
            ["pull", "--volumes", "\(registry.name)/groups/whole@\(built.image)", "--store", "empty"])
        #expect(byDigest.status == 1)
        #expect(
            byDigest.errors.hasSuffix(
                "its image has had 2 sets, and no tag says which counts; pull it by the tag that it was pushed to, or without --volumes\n"
            ), "\(byDigest.errors)")
    }

    @Test func twoTagsOfOneImageHaveTheirOwnGroups() throws {
        let registry = try SharedRegistry.get()
        let lab = try CommandLab.withLazyFiles()
        let repository = "\(registry.name)/groups/tags"
        let one = try lab.buildGroups("-t", "\(repository):one", "--push")
        try lab.write("print(2)\n", "app/main.py")
        let two = try lab.buildGroups("-t", "\(repository):two", "--push")
        #expect(one.image == two.image && one.groups[0].digest != two.groups[0].digest)
        for (tag, built) in [("one", one), ("two", two)] {
            try lab.check("pull", "--volumes", "\(repository):\(tag)", "--store", "empty")
            #expect(
                try lab.groups(of: "\(repository):\(tag)", store: "empty").map(\.digest)
                    == built.groups.map(\.digest), "\(tag)")
        }
        // Without lazy files the image is the same, and so the tag has to say that there are none any more.
        try lab.write(
            """
            {"baseImage": "scratch", "steps": [
              {"addLocalFile": {"src": "baked.txt", "dest": "/opt/baked", "strategy": "copy"}}]}
            """, "image.json")
        #expect(try lab.buildGroups("-t", "\(repository):one", "--push").image == one.image)
        try lab.check("pull", "--volumes", "\(repository):one", "--store", "empty")
        #expect(try lab.groups(of: "\(repository):one", store: "empty") == [])
        // A pull that does not ask for groups leaves those that the name has.
        try lab.check("pull", "\(repository):two", "--store", "empty")
        #expect(try lab.groups(of: "\(repository):two", store: "empty").count == 2)
    }

    @Test func onePlatformOfSeveralHasItsGroups() throws {
        let registry = try SharedRegistry.get()
        let lab = try CommandLab.withLazyFiles()
        let name = "\(registry.name)/groups/platforms:1"
        let built = try lab.buildGroups("--platform", "linux/amd64,linux/arm64", "-t", name, "--push")
        try lab.check("pull", "--volumes", "--platform", "linux/arm64", name, "--store", "arm")
        #expect(try lab.groups(of: name, store: "arm").map(\.layer) == built.groups.map(\.layer))
        try lab.check("verify", "--store", "arm")
        try lab.check("pull", "--volumes", "--all-platforms", name, "--store", "all")
        #expect(try lab.groups(of: name, store: "all").map(\.digest) == built.groups.map(\.digest))
        try lab.check("verify", "--store", "all")
    }
}
