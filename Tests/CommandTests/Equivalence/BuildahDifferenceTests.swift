import ChalkSystem
import Foundation
import Testing

/// Where our image is not Buildah's on purpose, and what it is instead.
@Suite(.serialized) struct BuildahDifferenceTests {
    private let lab: EquivalenceLab
    private let buildah: BuildahImages

    init() throws {
        lab = try EquivalenceLab()
        try lab.makeBase()
        buildah = try BuildahImages(lab)
    }

    private func build(_ commands: [String]) throws {
        let data = try JSONSerialization.data(withJSONObject: [
            "baseImage": "localhost/busybox:test",
            "steps": [["dockerfileCommands": ["commands": commands]]],
        ])
        let spec = try lab.write(String(decoding: data, as: UTF8.self), to: "spec/image.json")
        try lab.succeed(["build", spec, "-t", "ours", "-o", "type=dir,dest=\(lab.path)/ours"])
        try lab.succeed(["compile", spec, "-o", lab.path + "/compiled"])
        try buildah.build(lab.path + "/compiled", as: "theirs")
    }

    /// BuildKit names every port of a range; Buildah keeps the text.
    @Test func portRangesAreCounted() throws {
        try build(["EXPOSE 9000-9002"])
        let ours = try lab.config("ours")["ExposedPorts"] as? [String: Any]
        #expect(ours?.keys.sorted() == ["9000/tcp", "9001/tcp", "9002/tcp"])
        let theirs = try buildah.config("theirs")["ExposedPorts"] as? [String: Any]
        #expect(theirs?.keys.sorted() == ["9000-9002/tcp"])
    }

    /// BuildKit wraps CMD and ENTRYPOINT in the shell that SHELL names; Buildah 1.28 in `/bin/sh -c` always.
    @Test func shellReachesEntrypoints() throws {
        try build(["SHELL [\"/bin/sh\", \"-ec\"]", "ENTRYPOINT echo x"])
        #expect(try lab.config("ours")["Entrypoint"] as? [String] == ["/bin/sh", "-ec", "echo x"])
        #expect(try buildah.config("theirs")["Entrypoint"] as? [String] == ["/bin/sh", "-c", "echo x"])
    }

    /// BuildKit keeps what a RUN writes below an earlier VOLUME; Buildah throws it away.
    @Test func volumesAreOrdinaryDirectoriesWhileBuilding() throws {
        try build(["VOLUME /kept", "RUN echo x > /kept/file"])
        #expect(try EquivalenceLab.listing(lab.path + "/ours")["kept/file"] != nil)
        #expect(try buildah.withTree(of: "theirs") { try EquivalenceLab.listing($0)["kept/file"] } == nil)
    }

    /// Decision 0001: without RUN the base is not read, so that its own directories are listed as root's.
    @Test func unreadBasesHaveOrdinaryDirectories() throws {
        let spec = try lab.write(
            """
            { "baseImage": "localhost/busybox:test", "steps": [ { "addFile": { "destination": "/data/x", "content": "eA==" } } ] }
            """, to: "spec/image.json")
        try lab.succeed(["build", spec, "-t", "ours", "-o", "type=dir,dest=\(lab.path)/ours"])
        try lab.succeed(["compile", spec, "-o", lab.path + "/compiled"])
        try buildah.build(lab.path + "/compiled", as: "theirs")
        #expect(try EquivalenceLab.listing(lab.path + "/ours")["data"] == "d 755 0:0 ")
        #expect(
            try buildah.withTree(of: "theirs") { try EquivalenceLab.listing($0)["data"] }
                == "d 750 1000:1000 ")
    }
}
