import ChalkSystem
import Foundation
import Testing

/// Our image of a spec against what `buildah bud` makes of `chalk-image compile`'s output. Needs root for the owners.
@Suite(.serialized) struct SpecEquivalenceTests {
    static let cases: [String] = {
        let directory = EquivalenceLab.fixtures + "/equivalence"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { FileManager.default.fileExists(atPath: "\(directory)/\($0)/image.json") }
            .sorted()
    }()

    /// A copy of a case, with what git cannot keep.
    private func prepare(_ name: String, in lab: EquivalenceLab) throws -> String {
        let spec = lab.path + "/spec"
        try EquivalenceLab.shell(
            "cp -R \"$0\" \"$1\"; cd \"$1\"; if [ -e prepare ]; then umask 022; sh -e prepare; fi",
            ["\(EquivalenceLab.fixtures)/equivalence/\(name)", spec])
        return spec + "/image.json"
    }

    @Test func thereAreEnoughCases() {
        #expect(SpecEquivalenceTests.cases.count >= 20)
    }

    @Test(arguments: cases) func buildahMakesTheSame(name: String) throws {
        let lab = try EquivalenceLab()
        try lab.makeBase()
        let buildah = try BuildahImages(lab)
        let spec = try prepare(name, in: lab)
        try lab.succeed(["build", spec, "-t", "ours", "-o", "type=dir,dest=\(lab.path)/ours"])
        try lab.succeed(["compile", spec, "-o", lab.path + "/compiled"])
        try buildah.build(lab.path + "/compiled", as: "theirs")
        let ours = try EquivalenceLab.listing(lab.path + "/ours")
        let differences = try buildah.withTree(of: "theirs") {
            ImageComparison.trees(ours, try EquivalenceLab.listing($0))
        }
        #expect(differences == [])
        #expect(try ImageComparison.configs(try lab.config("ours"), try buildah.config("theirs")) == [])
    }

    /// umoci unpacks an image to the same tree that `-o type=dir` writes.
    @Test func umociUnpacksTheSame() throws {
        let lab = try EquivalenceLab()
        try lab.makeBase()
        let spec = try prepare("run-changes", in: lab)
        try lab.succeed([
            "build", spec, "-o", "type=dir,dest=\(lab.path)/ours", "-o", "type=oci,dest=\(lab.path)/layout",
            "-t", "x:latest",
        ])
        let ran = try EquivalenceLab.run([
            "umoci", "unpack", "--image", "\(lab.path)/layout:latest",
            lab.path + "/bundle",
        ])
        try #require(ran.status == 0, "\(ran.output) \(ran.errors)")
        #expect(
            ImageComparison.trees(
                try EquivalenceLab.listing(lab.path + "/ours"),
                try EquivalenceLab.listing(lab.path + "/bundle/rootfs")) == [])
    }

    /// pip's own files hold times and orders of their own, so that only what it installed is compared.
    @Test func pipInstallsTheSame() throws {
        let lab = try EquivalenceLab()
        try lab.succeed([
            "import", try EquivalenceLab.setting("CHALK_TEST_BASE"), "-t", "localhost/python:test",
        ])
        let buildah = try BuildahImages(lab, base: "localhost/python:test")
        let spec = try lab.write(
            """
            { "baseImage": "localhost/python:test", "steps": [ { "pipInstall": { "packages": ["six==1.16.0", "idna<3.5"] } } ] }
            """, to: "pip/image.json")
        let flags = try EquivalenceLab.setting("CHALK_TEST_RUN_FLAGS").split(separator: "\n").map(String.init)
        try lab.succeed(["build", spec, "-t", "ours", "-o", "type=tar,dest=\(lab.path)/ours.tar"] + flags)
        // Of the two big trees only a part is needed on disk.
        try EquivalenceLab.shell(
            "mkdir \"$0/ours\"; tar -C \"$0/ours\" -xpf \"$0/ours.tar\" --wildcards 'usr/local*' './usr/local*' || true",
            [lab.path])
        try lab.succeed(["compile", spec, "-o", lab.path + "/compiled"])
        try buildah.build(lab.path + "/compiled", as: "theirs", try hostSettings(flags, lab))
        func installed(_ root: String) throws -> [String: String] {
            try EquivalenceLab.listing(root + "/usr/local").filter {
                $0.key.hasSuffix(".py") || $0.key.hasSuffix("METADATA")
            }
        }
        let ours = try installed(lab.path + "/ours")
        #expect(ours.keys.contains { $0.hasSuffix("/six.py") })
        #expect(try buildah.withTree(of: "theirs") { ImageComparison.trees(ours, try installed($0)) } == [])
        #expect(try ImageComparison.configs(try lab.config("ours"), try buildah.config("theirs")) == [])
    }

    /// The flags of `.ci/run-flags` as Buildah knows them.
    private func hostSettings(_ flags: [String], _ lab: EquivalenceLab) throws -> [String] {
        var settings: [String] = []
        var pip = "[global]\n"
        for flag in flags {
            if flag == "--host-certs" {
                let bundle = "/etc/ssl/certs/ca-certificates.crt"
                settings += ["--volume", "\(bundle):\(bundle):ro"]
                pip += "cert = \(bundle)\n"
            }
            guard flag.hasPrefix("--run-env=") else { continue }
            let parts = flag.dropFirst(10).split(separator: "=", maxSplits: 1).map(String.init)
            let value = parts.count > 1 ? parts[1] : ProcessInfo.processInfo.environment[parts[0]] ?? ""
            if parts[0].hasPrefix("PIP_") {
                pip += "\(parts[0].dropFirst(4).lowercased().replacing("_", with: "-")) = \(value)\n"
            } else {
                settings += ["--build-arg", "\(parts[0])=\(value)"]
            }
        }
        return settings + ["--volume", "\(try lab.write(pip, to: "pip.conf")):/etc/pip.conf:ro"]
    }
}
