import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// `--estargz`, from the command to other people's tools.
@Suite struct EstargzBuildTests {
    private static let tableKey = "containerd.io/snapshot/stargz/toc.digest"
    private static let sizeKey = "io.containers.estargz.uncompressed-size"
    private static let reader = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/archive/check_estargz.py").path

    private func layers(_ lab: CommandLab, _ name: String) throws -> [[String: Any]] {
        let image = try object(try lab.check("inspect", name, "--json").bytes)
        let manifest = try #require(image["manifest"] as? [String: Any])
        return try objects(manifest["layers"])
    }

    private func diffIDs(_ lab: CommandLab, _ name: String) throws -> [String] {
        let image = try object(try lab.check("inspect", name, "--json").bytes)
        let config = try #require(image["config"] as? [String: Any])
        let rootfs = try #require(config["rootfs"] as? [String: Any])
        return try #require(rootfs["diff_ids"] as? [String])
    }

    @Test func everyNewLayerIsOne() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        let digest = try lab.build("image.json", "-t", "lazy", "--estargz", "-o", "type=oci,dest=layout")
        let layers = try layers(lab, "lazy")
        let diffIDs = try diffIDs(lab, "lazy")
        #expect(layers.count == 5 && diffIDs.count == 5)
        for (number, layer) in layers.enumerated() {
            let annotations = layer["annotations"] as? [String: String] ?? [:]
            // The base's layer is what it was.
            if number == 0 {
                #expect(annotations.isEmpty)
                continue
            }
            let table = try #require(annotations[Self.tableKey], "layer \(number)")
            let digest = try #require(layer["digest"] as? String)
            let blob = lab.store + "/blobs/" + digest.replacingOccurrences(of: ":", with: "/")
            let ran = try lab.tool("python3", "-W", "error", Self.reader, blob, table)
            let verdict = try object(ran.bytes)
            #expect(verdict["diffID"] as? String == diffIDs[number])
            #expect((verdict["size"] as? Int).map(String.init) == annotations[Self.sizeKey])
        }
        // In another store, and again in this one, nothing is different.
        #expect(try lab.build("image.json", "-t", "lazy", "--estargz") == digest)
        try lab.importBase("\(lab.path)/other")
        #expect(try lab.build("image.json", "--estargz", "--store", "\(lab.path)/other") == digest)
        #expect(try lab.check("verify").status == 0)

        try lab.tool("skopeo", "copy", "-q", "--preserve-digests", "oci:layout:latest", "oci:copy:x")
        let unpacked = try lab.tool("umoci", "unpack", "--image", "copy:x", "bundle")
        #expect(!unpacked.errors.contains("warn"), "\(unpacked.errors)")
        try lab.check("export", "lazy", "-o", "type=dir,dest=ours")
        let diff = try lab.tool("sh", "-c", "diff -r --no-dereference bundle/rootfs ours || true").output
        #expect(
            Set(diff.split(separator: "\n").map(String.init)) == [
                "Only in bundle/rootfs: .no.prefetch.landmark", "Only in bundle/rootfs: stargz.index.json",
            ])
    }

    @Test func theFormIsPartOfEveryKey() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        let plain = try lab.build("image.json", "-t", "plain")
        let lazy = try lab.build("image.json", "-t", "lazy", "--estargz")
        #expect(plain != lazy)
        let (a, b) = (try layers(lab, "plain"), try layers(lab, "lazy"))
        for number in 1..<5 { #expect(a[number]["digest"] as? String != b[number]["digest"] as? String) }
        // On and off again: each finds its own, and an edit is seen by both.
        for (flags, expected) in [([], plain), (["--estargz"], lazy), ([], plain), (["--estargz"], lazy)] {
            let plan = try lab.chalk(["plan", "image.json", "--exit-code"] + flags)
            #expect(plan.status == 0, "\(plan.output)")
            let ran = try BuiltCommand.check(
                try lab.command(["build", "--progress=quiet", "image.json"] + flags), in: lab.path)
            #expect(ran.line == expected)
        }
        try lab.write("print('other')\n", "src/app.py")
        let plan = try lab.chalk(["plan", "image.json", "--estargz"])
        #expect(plan.output.contains("`app/app.py` changed"), "\(plan.output)")
        #expect(try lab.build("image.json", "--estargz") != lazy)
        try lab.write("print('hello')\n", "src/app.py")
        #expect(try lab.build("image.json", "--estargz") == lazy)
        #expect(try lab.build("image.json", "--estargz", "--compression", "gzip,level=1") != lazy)
        #expect(try lab.build("image.json", "--estargz", "--compression", "gzip,level=5") == lazy)
    }

    /// What one stage takes from another is what was put there, not what the format added.
    @Test func aStageHoldsItsFilesAlone() throws {
        let lab = try CommandLab(withBase: true)
        try lab.write("x\n", "tree/x")
        try lab.write(
            "FROM scratch AS a\nCOPY tree /\nFROM busybox\nCOPY --from=a / /copied/\nRUN ls -A / /copied > /list\n",
            "Dockerfile")
        for (name, flags) in [("plain", [String]()), ("lazy", ["--estargz"])] {
            _ = try BuiltCommand.check(
                try lab.command(
                    ["build", "-f", "Dockerfile", ".", "-t", name, "-o", "type=dir,dest=\(name)"] + flags),
                in: lab.path)
        }
        try lab.tool("diff", "-r", "--no-dereference", "plain", "lazy")
        #expect(try lab.text("lazy/list").contains("x\n"))
    }

    @Test func saysWhatItCannotDo() throws {
        let lab = try CommandLab()
        try lab.write("FROM scratch\nCOPY tree /\n", "Dockerfile")
        try lab.write("mine\n", "tree/stargz.index.json")
        for (words, status, text) in [
            (
                ["--compression", "zstd"], Int32(2),
                "--estargz is a form of gzip: leave --compression out or say gzip"
            ),
            (
                ["--compression", "none"], 2,
                "--estargz is a form of gzip: leave --compression out or say gzip"
            ),
            (
                [], 1,
                "stargz.index.json cannot be in an eStargz layer: the format keeps that name for itself; rename it or build without --estargz"
            ),
        ] {
            let ran = try lab.chalk(["build", "-f", "Dockerfile", ".", "--estargz"] + words)
            #expect(ran.status == status)
            #expect(ran.errors.contains(text), "\(ran.errors)")
        }
    }
}
