import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// A tree of two sparse files that are big enough to be alone, and a few small ones.
@Suite struct SplitLayersTests {
    private func lab() throws -> CommandLab {
        let lab = try CommandLab(withBase: true)
        for name in ["tree/models/a", "tree/models/b"] {
            try lab.write("head of \(name)\n", name)
            try lab.tool("truncate", "-s", "65M", name)
        }
        try lab.write("small\n", "tree/src/x.py")
        try lab.write(
            #"{"baseImage": "busybox", "steps": [{"addLocalDir": {"src": "tree", "dest": "/t", "strategy": "copy"}}]}"#,
            "auto.json")
        try lab.write(
            #"{"baseImage": "busybox", "steps": [{"addLocalDir": {"src": "tree", "dest": "/t", "strategy": "copy", "layers": "single"}}]}"#,
            "single.json")
        try lab.write("FROM busybox\nCOPY tree /t\n", "Dockerfile")
        return lab
    }

    private func layers(_ lab: CommandLab, _ name: String) throws -> [String] {
        let image = try object(try lab.check("inspect", name, "--json").bytes)
        let manifest = try #require(image["manifest"] as? [String: Any])
        return try objects(manifest["layers"]).compactMap { $0["digest"] as? String }
    }

    @Test func anEditChangesOneLayer() throws {
        let lab = try lab()
        _ = try lab.build("auto.json", "-t", "one")
        let first = try layers(lab, "one")
        #expect(first.count == 4)
        try lab.write("other\n", "tree/src/x.py")
        let plan = try lab.chalk(["plan", "auto.json", "--exit-code"])
        #expect(plan.status == 1 && plan.output.contains("^ `t/src/x.py` changed"), "\(plan.output)")
        let built = try lab.chalk(["build", "auto.json", "-t", "two", "--progress", "plain"])
        #expect(built.errors.contains("1 of 3 layers: `t/src/x.py` changed"), "\(built.errors)")
        let second = try layers(lab, "two")
        #expect(zip(first, second).filter { $0 != $1 }.count == 1)
        #expect(try lab.chalk(["plan", "auto.json", "--exit-code"]).status == 0)

        // The same tree as one layer holds.
        _ = try lab.build("-f", "Dockerfile", ".", "-t", "whole", "--no-split-layers")
        #expect(try layers(lab, "whole").count == 2)
        _ = try lab.build("single.json", "-t", "single")
        #expect(try layers(lab, "single") == layers(lab, "whole"))
        _ = try lab.build("-f", "Dockerfile", ".", "-t", "parts")
        #expect(try layers(lab, "parts") == second)
        for name in ["two", "parts", "whole"] {
            try lab.check("export", name, "-o", "type=dir,dest=out-\(name)")
        }
        let whole = try lab.tool("find", "out-whole", "-printf", "%P %y %m %s %T@\\n").output
        for name in ["two", "parts"] {
            let found = try lab.tool("find", "out-\(name)", "-printf", "%P %y %m %s %T@\\n").output
            #expect(Set(found.split(separator: "\n")) == Set(whole.split(separator: "\n")), "\(name)")
            try lab.tool("diff", "-r", "--no-dereference", "out-whole/t", "out-\(name)/t")
        }
    }

    @Test func belongsToCopiedTreesAlone() throws {
        let lab = try lab()
        for (layers, words) in [
            (
                #""layers": "single""#,
                #"steps[0].addLocalDir.layers: "single" works only with strategy "copy"; leave it out, or use "copy""#
            ),
            (
                #""layers": "many", "strategy": "copy""#,
                #"steps[0].addLocalDir.layers: "many" is neither "single" nor "auto""#
            ),
        ] {
            try lab.write(
                #"{"baseImage": "busybox", "steps": [{"addLocalDir": {"src": "tree", "dest": "/t", \#(layers)}}]}"#,
                "wrong.json")
            let ran = try lab.chalk(["build", "-q", "wrong.json"])
            #expect(ran.status == 2)
            #expect(ran.errors.contains(words), "\(ran.errors)")
        }
        let both = try lab.chalk(["build", "-q", "auto.json", "--split-layers", "--no-split-layers"])
        #expect(both.status == 2)
        #expect(both.errors.contains("--split-layers and --no-split-layers cannot both be given"))
    }
}
