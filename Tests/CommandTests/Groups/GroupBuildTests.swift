import ChalkTestSupport
import Foundation
import Testing

/// Lazy files of a spec become groups beside the image.
@Suite struct GroupBuildTests {
    @Test func lazyFilesBecomeLayersBesideTheImage() throws {
        let lab = try CommandLab.withLazyFiles()
        let first = try lab.buildGroups("-t", "sample:1")
        #expect(first.groups.map(\.mountPath) == ["/app", "/app/etc"])
        #expect(first.groups.map(\.files) == [4, 1])
        #expect(first.groups.map(\.bytes) == [30, 8])
        #expect(first.groups.map(\.outcome) == ["built", "built"])
        // The mount point of the second lies in the first, which may be mounted without the right to write.
        #expect(
            try lab.paths(in: first.groups[0].layer)
                == [".gitignore", "etc/", "lib/", "lib/a.txt", "main.py", "run.sh"])
        let shown = try lab.tool("tar", "tvzf", "store/\(first.groups[0].layer.blobPath)").output
        #expect(shown.contains("-rwxr-xr-x 0/0") && shown.contains("1980-01-01"), "\(shown)")
        #expect(
            try lab.tool("tar", "tvzf", "store/\(first.groups[1].layer.blobPath)").output.hasPrefix(
                "-rw-r-----"))

        let again = try lab.buildGroups("-t", "sample:1")
        #expect(again.groups.map(\.outcome) == ["cached", "cached"])
        #expect(again.groups.map(\.digest) == first.groups.map(\.digest))

        try lab.write("print(2)\n", "app/main.py")
        let edited = try lab.buildGroups("-t", "sample:1")
        #expect(edited.image == first.image)
        #expect(edited.groups.map(\.outcome) == ["built", "cached"])
        #expect(edited.groups[0].reason == "`main.py` changed")
        #expect(edited.groups[0].digest != first.groups[0].digest)
        #expect(edited.groups[1].digest == first.groups[1].digest)
        #expect(try lab.groups(of: "sample:1").map(\.digest) == edited.groups.map(\.digest))
        let text = try lab.check("inspect", "sample:1").output
        #expect(text.contains("group       /app  ") && text.contains("  4 files, 30 B\n"), "\(text)")
    }

    @Test func theSameFilesMakeTheSameGroupsEverywhere() throws {
        let (one, other) = (try CommandLab.withLazyFiles(), try CommandLab.withLazyFiles())
        let archive = #", {"addLocalDir": {"src": "app", "dest": "/data", "archive": true}}"#
        for lab in [one, other] { try lab.writeLazySpec(archive) }
        try other.tool("touch", "-d", "2001-01-01", "app/main.py", "app/lib")
        let (left, right) = (try one.buildGroups(), try other.buildGroups())
        #expect(left.groups.map(\.digest) == right.groups.map(\.digest))
        #expect(left.image == right.image)
        let data = try #require(left.groups.last)
        #expect(data.mountPath == "/data" && data.files == 1)
        #expect(try one.paths(in: data.layer) == ["archive.tar"])
        let members = try one.tool(
            "sh", "-c", "tar xzOf store/\(data.layer.blobPath) archive.tar | tar tf -")
        #expect(members.output == ".gitignore\nlib/\nlib/a.txt\nmain.py\nrun.sh\n")
    }

    @Test func linksAreResolvedInsideTheirDirectory() throws {
        let lab = try CommandLab.withLazyFiles()
        try lab.tool("ln", "-s", "lib", "app/alias")
        try lab.tool("ln", "-s", "../run.sh", "app/lib/start")
        let groups = try lab.buildGroups().groups
        #expect(
            try lab.paths(in: groups[0].layer) == [
                ".gitignore", "alias/", "alias/a.txt", "alias/start", "etc/", "lib/", "lib/a.txt",
                "lib/start",
                "main.py", "run.sh",
            ])
        try lab.tool("ln", "-s", "../conf.yaml", "app/out")
        let ran = try lab.chalk(["build", "image.json"])
        #expect(ran.status == 2)
        #expect(
            ran.errors.hasSuffix(
                "\"\(lab.path)/app/out\" leads out of the directory; exclude it, or use strategy \"copy\"\n"),
            "\(ran.errors)")
    }

    @Test(
        arguments: [
            (
                #"{"addLocalFile": {"src": "conf.yaml", "dest": "/conf"}}"#,
                #""/conf" (from "LAB/conf.yaml") needs a volume at "/", which no runtime mounts; use strategy "copy", or a destination in a directory such as "/app""#
            ),
            (
                #"{"addLocalDir": {"src": "app", "dest": "/"}}"#,
                #""/" (from "LAB/app") needs a volume at "/", which no runtime mounts; use strategy "copy", or a destination in a directory such as "/app""#
            ),
            (
                #"{"addLocalFile": {"src": "baked.txt", "dest": "/app/main.py"}}"#,
                #""/app/main.py" comes from two sources, "LAB/app/main.py" and "LAB/baked.txt"; leave one out, change its destination, or use strategy "copy""#
            ),
            (
                #"{"addLocalFile": {"src": "baked.txt", "dest": "/app/lib"}}"#,
                #""/app/lib" is a file (from "LAB/baked.txt") and a directory in one; change one of the destinations, or use strategy "copy" for the file"#
            ),
            (
                #"{"addLocalDir": {"src": "app", "dest": "data"}}"#,
                #"steps[3].addLocalDir.dest: "data" is not absolute; a path in the image starts with "/""#
            ),
            (
                #"{"addLocalFile": {"src": "conf.yaml", "dest": "/a/../b"}}"#,
                #"steps[3].addLocalFile.dest: "/a/../b" holds ".."; write the path that is meant"#
            ),
        ])
    func whatCannotBeAGroupIsSaidBeforeAnythingIsDone(step: String, problem: String) throws {
        let lab = try CommandLab.withLazyFiles()
        try lab.writeLazySpec(", " + step)
        let ran = try lab.chalk(["build", "image.json", "-t", "sample:1"])
        #expect(ran.status == 2)
        let last = ran.errors.split(separator: "\n").last.map(String.init) ?? ""
        #expect(last.hasSuffix(problem.replacing("LAB", with: lab.path)), "\(ran.errors)")
        #expect(try lab.chalk(["inspect", "sample:1"]).status == 3)
    }

    @Test func everyNameKeepsItsGroups() throws {
        let lab = try CommandLab.withLazyFiles()
        let old = try lab.buildGroups("-t", "sample:old")
        try lab.write("print(2)\n", "app/main.py")
        let new = try lab.buildGroups("-t", "sample:new")
        #expect(old.image == new.image)
        try lab.check("tag", "sample:old", "sample:copy")
        func digests(_ name: String) throws -> [String] { try lab.groups(of: name).map(\.digest) }
        for name in ["sample:old", "sample:copy"] {
            #expect(try digests(name) == old.groups.map(\.digest), "\(name)")
        }
        #expect(try digests("sample:new") == new.groups.map(\.digest))
        // By its digest an image has the groups that it was built with last.
        #expect(try digests(new.image) == new.groups.map(\.digest))
        try lab.check("rm", "sample:old", "sample:new")
        try lab.check("prune", "--older-than", "0")
        #expect(try digests("sample:copy") == old.groups.map(\.digest))
        #expect(try digests(old.image) == old.groups.map(\.digest))
        #expect(try !lab.exists("store/\(new.groups[0].layer.blobPath)"))
        try lab.check("verify")
        try lab.tool("rm", "store/\(old.groups[0].layer.blobPath)")
        #expect(try lab.chalk(["verify"]).status == 1)

        try lab.write(#"{"baseImage": "scratch", "steps": []}"#, "image.json")
        #expect(try lab.buildGroups("-t", "sample:copy").groups == [])
        #expect(try digests("sample:copy") == [])
    }

    @Test func aPlanSaysWhatGroupsAreAndWhatTheyHide() throws {
        let lab = try CommandLab.withLazyFiles()
        try lab.writeLazySpec(#", {"addFile": {"destination": "/app/old.py", "content": "eA=="}}"#)
        func plan() throws -> [[String: Any]] {
            try objects(object(lab.check("plan", "image.json", "--json").bytes)["groups"])
        }
        #expect(try plan().map { $0["verdict"] as? String } == ["miss", "miss"])
        _ = try lab.buildGroups()
        let known = try plan()
        #expect(known.map { $0["verdict"] as? String } == ["hit", "hit"])
        #expect(known.map { $0["hides"] as? [String] } == [["old.py"], []])
        let text = try lab.check("plan", "image.json").output
        #expect(
            text.contains("hit                   group   /app (4 files, 30 B)\n")
                && text.contains("^ hides what the image has there: old.py\n"), "\(text)")
    }

    @Test func aGroupOverAnotherIsSaid() throws {
        let lab = try CommandLab.withLazyFiles()
        try lab.write("port: 0\n", "app/etc/defaults.yaml")
        let ran = try lab.check("build", "--progress=quiet", "image.json")
        #expect(
            ran.errors
                == "warning: /app/etc is mounted by itself and hides what /app has there, such as etc/defaults.yaml; put these files into one directory that is added as a whole\n"
        )
    }

    @Test func aBuildForTwoPlatformsHasGroupsForBoth() throws {
        let lab = try CommandLab.withLazyFiles()
        let built = try lab.buildGroups("--platform", "linux/amd64,linux/arm64", "-t", "sample:1")
        let index = try object(try lab.read("store/\(built.groups[0].digest.blobPath)"))
        let platforms = try objects(index["manifests"]).map {
            ($0["platform"] as? [String: Any])?["architecture"] as? String
        }
        #expect(platforms == ["amd64", "arm64"])
        #expect((index["subject"] as? [String: Any])?["digest"] as? String == built.image)
        #expect(try lab.groups(of: "sample:1").map(\.digest) == built.groups.map(\.digest))
        try lab.check("verify")
    }

    @Test func layoutsTakeGroupsAlong() throws {
        let lab = try CommandLab.withLazyFiles()
        let built = try lab.buildGroups("-t", "sample:1", "-o", "type=oci,dest=layout")
        try lab.check("export", "sample:1", "-o", "type=oci-archive,dest=layout.tar")
        for form in ["layout", "layout.tar"] {
            try lab.check("import", form, "-t", "other:1", "--store", "from-\(form)")
            #expect(
                try lab.groups(of: "other:1", store: "from-\(form)").map(\.digest)
                    == built.groups.map(\.digest), "\(form)")
            try lab.check("verify", "--store", "from-\(form)")
        }
        try lab.tool("skopeo", "inspect", "oci:layout:1")
    }
}
