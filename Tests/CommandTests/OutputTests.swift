import ChalkTestSupport
import Foundation
import Testing

/// What other people's tools make of the store and of every output.
@Suite struct OutputTests {
    static let name = "docker.io/library/sample:1"

    /// A lab with the sample built as `sample:1`.
    static func built(_ flags: String...) throws -> (lab: CommandLab, digest: String) {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        let ran = try BuiltCommand.check(
            try lab.command(["build", "-q", "image.json", "-t", "sample:1"] + flags), in: lab.path)
        return (lab, ran.line)
    }

    @Test(arguments: ["gzip", "zstd", "none"]) func everyFormIsReadBySkopeoAndComesBack(compression: String)
        throws
    {
        let (lab, digest) = try OutputTests.built(
            "--compression", compression, "-o", "type=oci,dest=layout", "-o", "type=oci-archive,dest=oci.tar",
            "-o", "type=docker-archive,dest=docker.tar")
        let name = OutputTests.name
        for place in ["oci:store:\(name)", "oci:layout:1", "oci-archive:oci.tar:1"] {
            let seen = try object(try lab.tool("skopeo", "inspect", place).bytes)
            #expect(seen["Digest"] as? String == digest, "\(place)")
            #expect(seen["Architecture"] as? String == "amd64", "\(place)")
            #expect((seen["Layers"] as? [String])?.count == 5, "\(place)")
            #expect((seen["Env"] as? [String])?.contains("MODE=test") == true, "\(place)")
            let copy = "copy-\(place.prefix { $0 != ":" })-\(RandomTag.next())"
            try lab.tool("skopeo", "copy", "-q", "--preserve-digests", place, "oci:\(copy):x")
            let index = try object(try lab.read("\(copy)/index.json"))
            #expect(try objects(index["manifests"]).first?["digest"] as? String == digest, "\(place)")
        }
        try lab.tool("skopeo", "copy", "-q", "docker-archive:docker.tar:sample:1", "oci:from-docker:x")
        try lab.tool("skopeo", "inspect", "--config", "docker-archive:docker.tar")

        for form in ["layout", "oci.tar"] {
            let store = "again-\(form)"
            #expect(try lab.check("import", form, "-t", "back", "--store", store).line == digest)
            #expect(try lab.check("verify", "--store", store).status == 0)
        }
        // A docker archive says nothing of compression, so its manifest may differ; the config may not.
        try lab.check("import", "docker.tar", "-t", "back", "--store", "again-docker")
        let before = try object(try lab.check("inspect", "sample:1", "--json").bytes)
        let after = try object(try lab.check("inspect", "back", "--json", "--store", "again-docker").bytes)
        #expect(
            try OutputTests.configDigest(before) == OutputTests.configDigest(after), "docker archive")
        #expect(try lab.check("verify", "--store", "again-docker").status == 0)
    }

    static func configDigest(_ description: [String: Any]) throws -> String {
        let manifest = try #require(description["manifest"] as? [String: Any])
        let config = try #require(manifest["config"] as? [String: Any])
        return try #require(config["digest"] as? String)
    }

    @Test func umociAndBuildahAgreeWithTheDirectoryAndTheTar() throws {
        let (lab, _) = try OutputTests.built(
            "-o", "type=dir,dest=root", "-o", "type=tar,dest=root.tar", "-o", "type=oci-archive,dest=oci.tar")
        try lab.tool("umoci", "unpack", "--image", "store:\(OutputTests.name)", "bundle")
        try lab.tool("mkdir", "untarred")
        try lab.tool("tar", "-C", "untarred", "--same-owner", "-xpf", "root.tar")
        let containers = [
            "buildah", "--storage-driver", "vfs", "--root", "\(lab.path)/b", "--runroot", "\(lab.path)/br",
        ]
        func buildah(_ words: String...) throws -> String {
            try BuiltCommand.check(containers + words, in: lab.path).line
        }
        let container = try buildah("from", "oci:store:\(OutputTests.name)")
        let mount = try buildah("mount", container)
        #expect(try buildah("pull", "-q", "oci-archive:oci.tar").isEmpty == false)
        let config = try object(
            Array(try buildah("inspect", "--type", "container", "--format", "{{.Config}}", container).utf8))
        let runtime = try #require(config["config"] as? [String: Any])
        #expect(runtime["WorkingDir"] as? String == "/app")
        #expect(runtime["Entrypoint"] as? [String] == ["/bin/sh", "-c"])
        #expect(runtime["Cmd"] as? [String] == ["cat /app/app.py"])

        let expected = try OutputTests.tree(lab, "root")
        #expect(expected.contains("app/run.sh f 755 0 0"))
        #expect(expected.contains("app/latest l 777 0 0 -> lib/deep/er.txt"))
        #expect(expected.contains("made f 600 0 0"))
        #expect(!expected.contains("etc/extra") && !expected.contains("noise.log"))
        #expect(try OutputTests.tree(lab, "bundle/rootfs") == expected, "umoci")
        #expect(try OutputTests.tree(lab, "untarred") == expected, "GNU tar")
        #expect(try OutputTests.tree(lab, mount) == expected, "buildah")
        for other in ["bundle/rootfs", "untarred", mount] {
            #expect(try lab.tool("diff", "-r", "--no-dereference", "root", other).output.isEmpty)
        }
        _ = try buildah("umount", container)
    }

    /// Paths, kinds, modes, owners and link targets.
    static func tree(_ lab: CommandLab, _ directory: String) throws -> String {
        try lab.tool("find", directory, "-mindepth", "1", "-printf", "%P %y %m %U %G%l\\n").output
            .split(separator: "\n").map { line in
                // A link's target follows the group without a blank.
                guard line.contains(" l 777 0 0"), let end = line.range(of: " l 777 0 0")?.upperBound else {
                    return String(line)
                }
                return "\(line[..<end]) -> \(line[end...])"
            }.sorted().joined(separator: "\n")
    }

    @Test func everyTarIsListedWithoutAWarning() throws {
        let (lab, _) = try OutputTests.built(
            "-o", "type=tar,dest=root.tar", "-o", "type=oci-archive,dest=oci.tar",
            "-o", "type=docker-archive,dest=docker.tar")
        let image = try object(try lab.check("inspect", "sample:1", "--json").bytes)
        let layers = try objects(image["layers"]).map {
            "store/" + (try #require($0["digest"] as? String).blobPath)
        }
        #expect(layers.count == 5)
        for tar in layers + ["root.tar", "oci.tar", "docker.tar"] {
            let gnu = try lab.tool("tar", "-tvf", tar)
            let bsd = try lab.tool("bsdtar", "-tf", tar)
            #expect(gnu.errors.isEmpty && bsd.errors.isEmpty, "\(tar): \(gnu.errors)\(bsd.errors)")
            let lines = gnu.output.split(separator: "\n").count
            #expect(lines > 0 && lines == bsd.output.split(separator: "\n").count, "\(tar)")
        }
    }

    @Test func standardOutputCarriesArchives() throws {
        let (lab, digest) = try OutputTests.built("-o", "type=oci-archive,dest=oci.tar")
        let piped = try lab.check("export", "sample:1", "-o", "type=oci-archive,dest=-")
        try Data(piped.bytes).write(to: URL(fileURLWithPath: lab.path + "/piped.tar"))
        #expect(try lab.check("import", "piped.tar", "--store", "other").line == digest)
        let refused = try lab.chalk(["export", "sample:1", "-o", "type=dir,dest=-"])
        #expect(refused.status == 2)
        #expect(
            refused.errors
                == "error: type=dir cannot go to standard output; see `chalk-image export --help`\n")
        try lab.write("here", "full/file")
        let full = try lab.chalk(["export", "sample:1", "-o", "type=dir,dest=full"])
        #expect(full.status == 2)
        #expect(
            full.errors == "error: cannot write the root file system to \(lab.path)/full: it is not empty\n")
        #expect(try lab.text("full/file") == "here")
    }

    /// The MUSTs of the OCI image specification for each document, in our own words.
    @Test func documentsFollowTheSpecification() throws {
        let (lab, _) = try OutputTests.built("-o", "type=oci,dest=layout", "--compression", "zstd")
        try lab.write(OutputTests.schemas, "check.py")
        let python = try setting("CHALK_SDK_PYTHON")
        for layout in ["store", "layout"] {
            let report = try lab.tool(python, "check.py", layout)
            #expect(report.output == "good\n", "\(layout): \(report.output)")
        }
    }

    static let schemas = #"""
        import hashlib, json, os, sys
        from jsonschema import Draft202012Validator as V

        def obj(required, **members):
            return {"type": "object", "required": required, "properties": members}
        def const(value): return {"const": value}
        text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
        digest = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
        media = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$"}
        notes = {"type": "object", "additionalProperties": text, "propertyNames": {"minLength": 1}}
        platform = obj(["architecture", "os"], architecture=text, os=text, variant=text, **{"os.features": texts})
        descriptor = obj(["mediaType", "digest", "size"], mediaType=media, digest=digest, annotations=notes,
            size={"type": "integer", "minimum": 0}, urls=texts, platform=platform, artifactType=media)
        def described(kind):
            return {"allOf": [descriptor, {"properties": {"mediaType": kind}}]}
        P = "application/vnd.oci.image."
        index = obj(["schemaVersion", "manifests"], schemaVersion=const(2), mediaType=const(P + "index.v1+json"),
            manifests={"type": "array", "items": descriptor}, annotations=notes)
        layer = described({"enum": [P + "layer.v1.tar", P + "layer.v1.tar+gzip", P + "layer.v1.tar+zstd"]})
        manifest = obj(["schemaVersion", "config", "layers"], schemaVersion=const(2), annotations=notes,
            mediaType=const(P + "manifest.v1+json"), config=described(const(P + "config.v1+json")),
            layers={"type": "array", "items": layer, "minItems": 1})
        moment = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
        marks = {"type": "object", "additionalProperties": {"type": "object", "maxProperties": 0}}
        runtime = obj([], User=text, ExposedPorts=marks, Volumes=marks, Env={"type": "array", "items":
            {"type": "string", "pattern": "^[^=]+="}}, Entrypoint=texts, Cmd=texts, WorkingDir=text, Labels=notes,
            StopSignal=text)
        history = obj([], created=moment, created_by=text, author=text, comment=text, empty_layer={"type": "boolean"})
        config = obj(["architecture", "os", "rootfs"], architecture=text, os=text, created=moment, author=text,
            config=runtime, history={"type": "array", "items": history}, rootfs=obj(["type", "diff_ids"],
            type=const("layers"), diff_ids={"type": "array", "items": digest, "minItems": 1}))
        layout = obj(["imageLayoutVersion"], imageLayoutVersion=const("1.0.0"))

        root, problems, images = sys.argv[1], [], 0
        def check(name, schema, raw):
            value = json.loads(raw)
            problems.extend("%s: %s: %s" % (name, "/".join(map(str, e.path)), e.message) for e in V(schema).iter_errors(value))
            return value
        def blob(d):
            with open(os.path.join(root, "blobs", *d["digest"].split(":")), "rb") as f: raw = f.read()
            if len(raw) != d["size"] or "sha256:" + hashlib.sha256(raw).hexdigest() != d["digest"]:
                problems.append("%s is not what its descriptor says" % d["digest"])
            return raw
        def top(name, schema):
            with open(os.path.join(root, name), "rb") as f: return check(name, schema, f.read())
        top("oci-layout", layout)
        for entry in top("index.json", index)["manifests"]:
            m = check("manifest", manifest, blob(entry))
            c = check("config", config, blob(m["config"]))
            images += 1
            if len(m["layers"]) != len(c["rootfs"]["diff_ids"]): problems.append("layers and diff_ids differ")
            if sum(not h.get("empty_layer") for h in c["history"]) != len(m["layers"]): problems.append("history and layers differ")
            for l in m["layers"]: blob(l)
        print("\n".join(problems) or ("good" if images else "no image"))
        """#
}

/// Numbers for names that must not meet.
enum RandomTag {
    static func next() -> String { String(Int.random(in: 0..<1 << 40), radix: 36) }
}
