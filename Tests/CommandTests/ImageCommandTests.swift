import ChalkTestSupport
import Foundation
import Testing

/// The commands that look after images, and the checker of ignore rules.
@Suite struct ImageCommandTests {
    @Test func namesComeAndGo() throws {
        let lab = try CommandLab(withBase: true)
        try lab.write(#"{"baseImage": "busybox", "env": {"A": "1"}}"#, "image.json")
        let digest = try lab.build("image.json", "-t", "made:1", "-t", "localhost:5000/team/made:2")
        let list = try lab.check("images").output.split(separator: "\n").map(String.init)
        #expect(list.count == 4)
        #expect(list[0].split(separator: " ").first == "NAME")
        #expect(
            list.dropFirst().map { $0.split(separator: " ").first ?? "" } == [
                "docker.io/library/busybox:latest", "docker.io/library/made:1", "localhost:5000/team/made:2",
            ])
        let json = try JSONSerialization.jsonObject(with: Data(try lab.check("images", "--json").bytes))
        let images = try objects(json)
        #expect(images.map { $0["digest"] as? String }.count { $0 == digest } == 2)
        #expect(images.allSatisfy { $0["layers"] as? Int == 1 })

        try lab.check("tag", "made:1", "third", "fourth:x")
        let described = try object(try lab.check("inspect", "third", "--json").bytes)
        #expect(
            described["names"] as? [String] == [
                "docker.io/library/fourth:x", "docker.io/library/made:1", "docker.io/library/third:latest",
                "localhost:5000/team/made:2",
            ])
        let id = try OutputTests.configDigest(described)
        for name in [digest, id, "docker.io/library/made:1"] {
            #expect(try lab.check("inspect", name).output.contains("digest      \(digest)\n"), "\(name)")
        }
        #expect(
            try lab.check("rm", "third", "made:1").output
                == "removed docker.io/library/third:latest\nremoved docker.io/library/made:1\n")
        #expect(try lab.chalk(["inspect", "third"]).status == 3)
        #expect(
            try lab.check("rm", digest).output
                == "removed docker.io/library/fourth:x\nremoved localhost:5000/team/made:2\n")
        #expect(try lab.check("images").output.split(separator: "\n").count == 2)
        #expect(try lab.check("verify").status == 0)
    }

    @Test func pruneFreesWhatNobodyNeeds() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        _ = try lab.build("image.json", "-t", "made")
        let layers = try objects(object(try lab.check("inspect", "made", "--json").bytes)["layers"])
            .map { try #require($0["digest"] as? String) }
        try lab.check("rm", "made")
        // Recent results are kept, however nameless.
        try lab.check("prune")
        #expect(try lab.exists("store/\(layers[1].blobPath)"))
        let before = try lab.listing("store/blobs")
        let would = try lab.check("prune", "--older-than", "0", "--dry-run").output
        #expect(would.hasPrefix("would free ") && !would.hasPrefix("would free 0 "), "\(would)")
        #expect(try lab.listing("store/blobs") == before)
        let freed = try lab.check("prune", "--older-than", "0").output
        #expect(freed.hasPrefix("freed ") && !freed.hasPrefix("freed 0 "), "\(freed)")
        for layer in layers.dropFirst() { #expect(try !lab.exists("store/\(layer.blobPath)")) }
        #expect(try lab.exists("store/\(layers[0].blobPath)"), "the base has a name")
        #expect(try lab.check("verify").status == 0)
        // What is gone is built again.
        _ = try lab.build("image.json", "-t", "made")
        #expect(try lab.check("verify").status == 0)
    }

    @Test func verifyFindsDamage() throws {
        let lab = try CommandLab(withBase: true)
        let layers = try objects(object(try lab.check("inspect", "busybox", "--json").bytes)["layers"])
        let layer = try #require(layers.first?["digest"] as? String)
        try lab.tool(
            "sh", "-c",
            "chmod u+w \(lab.store)/\(layer.blobPath); printf X | dd of=\(lab.store)/\(layer.blobPath) bs=1 seek=1000 conv=notrunc status=none"
        )
        let ran = try lab.chalk(["verify"])
        #expect(ran.status == 1)
        #expect(ran.output.contains(layer))
        #expect(ran.errors == "error: the store has 1 problem\n")
    }

    /// Recorded verdicts of real programs, by the command as a conformance checker drives it.
    @Test func ignoreListGivesTheRecordedVerdicts() throws {
        let lab = try CommandLab()
        try lab.write(
            """
            import json, os, subprocess, sys
            command, fixtures, work = sys.argv[1:4]
            def raw(case, s): return s.encode("latin-1" if case.get("enc") == "latin1" else "utf-8", "surrogateescape") if case.get("enc") != "latin1" else s.encode("latin-1")
            def put(path, data):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as f: f.write(data)
            done = 0
            for name, step in ("corpus-chalk.jsonl", 38), ("corpus.jsonl", 280):
                with open(os.path.join(fixtures, name), encoding="utf-8", newline="\\n") as f:
                    cases = [json.loads(l) for l in f if l.strip()]
                for case in cases[::step]:
                    root = os.fsencode(os.path.join(work, "%s-%d" % (name, done)))
                    os.makedirs(os.path.join(root, b".git"))
                    tree = case["tree"]
                    for d in tree.get("dirs", []): os.makedirs(os.path.join(root, raw(case, d)), exist_ok=True)
                    for kind in "files", "ignore":
                        for p, c in tree.get(kind, {}).items(): put(os.path.join(root, raw(case, p)), raw(case, c or ""))
                    for p, t in tree.get("links", {}).items():
                        full = os.path.join(root, raw(case, p)); os.makedirs(os.path.dirname(full), exist_ok=True)
                        os.symlink(raw(case, t), full)
                    words = [command, "ignore", "list", "--all", "-z"]
                    for e in case.get("exclude", []): words += ["--exclude", raw(case, e)]
                    out = subprocess.run(words + [root], stdout=subprocess.PIPE, check=True).stdout
                    got = {r[2:]: r[:1] == b"I" for r in out.split(b"\\0") if r}
                    want = {raw(case, p): v.get("chalk", v.get("gogit6_scope")) for p, v in case["expect"].items()}
                    if got != want: print(case["id"], {p: (want.get(p), got.get(p)) for p in set(got) | set(want) if got.get(p) != want.get(p)})
                    done += 1
            print(done)
            """, "check.py")
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/ignore").path
        let ran = try lab.tool("python3", "check.py", try BuiltCommand.path(), fixtures, "\(lab.path)/work")
        let lines = ran.output.split(separator: "\n")
        #expect(lines.count == 1, "\(ran.output)")
        #expect((Int(lines.last ?? "") ?? 0) >= 20)
    }

    @Test func ignoreListIsForPeopleToo() throws {
        let lab = try CommandLab()
        try lab.write("*.log\n", "t/.gitignore")
        try lab.write("!keep.log\nsecret/\n", "t/.chalkignore")
        for name in ["a.txt", "b.log", "keep.log", "secret/key", ".git/HEAD", "d/c.py"] {
            try lab.write("", "t/\(name)")
        }
        #expect(
            try lab.check("ignore", "list", "t").output
                == ".chalkignore\n.gitignore\na.txt\nd\nd/c.py\nkeep.log\n")
        let all = try lab.check("ignore", "list", "--all", "--exclude", "*.py", "t").output
        #expect(
            all
                == "K\t.chalkignore\nK\t.gitignore\nK\ta.txt\nI\tb.log\nK\td\nI\td/c.py\nK\tkeep.log\nI\tsecret\nI\tsecret/key\n"
        )
        let missing = try lab.chalk(["ignore", "list", "nowhere"])
        #expect(missing.status == 3, "\(missing.errors)")
    }
}
