import ChalkTestSupport
import Foundation
import Testing

/// What `plan` says of a build, and that it only says it.
@Suite struct PlanTests {
    private struct Step: Equatable {
        let kind: String
        let verdict: String
        let reason: String?
    }

    private static func plan(_ lab: CommandLab, _ flags: String...) throws -> [Step] {
        let ran = try lab.chalk(["plan", "image.json", "--json"] + flags)
        #expect(ran.status == 0, "\(ran.errors)")
        return try objects(try object(ran.bytes)["steps"]).map {
            Step(
                kind: try #require($0["kind"] as? String), verdict: try #require($0["verdict"] as? String),
                reason: $0["reason"] as? String)
        }
    }

    /// Only the executed steps: `copy miss: reason`.
    private static func words(_ steps: [Step]) -> [String] {
        steps.filter { $0.verdict != "config" }.map {
            "\($0.kind) \($0.verdict)\($0.reason.map { ": \($0)" } ?? "")"
        }
    }

    @Test func aNewStoreMissesAndABuiltOneHits() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        let below = "the layers below it change"
        #expect(
            try PlanTests.words(PlanTests.plan(lab)) == [
                "workdir miss: no earlier build of this step", "copy miss: \(below)", "run miss: \(below)",
                "run miss: \(below)",
            ])
        _ = try lab.build("image.json")
        #expect(
            try PlanTests.words(PlanTests.plan(lab)) == ["workdir hit", "copy hit", "run hit", "run hit"])
        #expect(
            try PlanTests.words(PlanTests.plan(lab, "--no-cache")).allSatisfy { $0.contains(" miss: ") })
    }

    /// A change of the sample, as a shell script, and the plan after it.
    static let changes: [(change: String, copy: String, run: String)] = [
        ("echo more >>src/app.py", "miss: `app/app.py` changed", "miss: the layers below it change"),
        ("echo new >src/new.txt", "miss: `app/new.txt` added", "miss: the layers below it change"),
        ("rm src/run.sh", "miss: `app/run.sh` removed", "miss: the layers below it change"),
        (
            "chmod 644 src/run.sh", "miss: mode of `app/run.sh` 0755 → 0644",
            "miss: the layers below it change"
        ),
        (
            "ln -sfn app.py src/latest",
            "miss: `app/latest` now points to `app.py`, before to `lib/deep/er.txt`",
            "miss: the layers below it change"
        ),
        ("sed -i s/LEVEL/GRADE/ image.json", "hit", "miss: ENV `GRADE` added"),
        (
            #"sed -i 's/"LEVEL": "1"/"LEVEL": "2"/' image.json"#, "hit",
            "miss: ENV `LEVEL` changed"
        ),
        (#"sed -i 's/, "LEVEL": "1"//' image.json"#, "hit", "miss: ENV `LEVEL` removed"),
        (
            "sed -i 's/chmod 600/chmod 640/' image.json", "hit",
            #"miss: command changed from "/bin/sh -c echo $MODE > /made && chmod 600 /made && ln -s made /alias" "#
                + #"to "/bin/sh -c echo $MODE > /made && chmod 640 /made && ln -s made /alias""#
        ),
        ("echo other >src/noise.log; touch src/app.py", "hit", "hit"),
    ]

    @Test func everyMissSaysWhy() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        _ = try lab.build("image.json")
        for (change, copy, run) in PlanTests.changes {
            try lab.tool("rm", "-rf", "src")
            try lab.writeSample()
            try lab.tool("sh", "-c", change)
            let words = try PlanTests.words(PlanTests.plan(lab))
            #expect(words[..<3] == ["workdir hit", "copy \(copy)", "run \(run)"], "\(change)")
        }
    }

    @Test func aChangedPackageIsNamed() throws {
        let lab = try CommandLab(withBase: true)
        // The tiny base has no pip; a stand-in is enough for keys.
        try lab.write("#!/bin/sh\necho \"$@\" >/installed\n", "pip", mode: 0o755)
        func spec(_ package: String) -> String {
            #"{"baseImage": "busybox", "steps": ["#
                + #"{"addLocalFile": {"src": "pip", "dest": "/bin/pip", "strategy": "copy"}}, "#
                + #"{"pipInstall": {"packages": ["\#(package)"]}}]}"#
        }
        try lab.write(spec("six==1.16.0"), "image.json")
        _ = try lab.build("image.json")
        try lab.write(spec("six==1.17.0"), "image.json")
        let words = try PlanTests.words(PlanTests.plan(lab))
        #expect(words.count == 2 && words[0] == "copy hit")
        #expect(words.last == #"run miss: command changed from "… six==1.16.0" to "… six==1.17.0""#)
    }

    @Test func nothingInTheStoreMoves() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        _ = try lab.build("image.json", "-t", "made")
        let before = try lab.listing("store")
        _ = try PlanTests.plan(lab)
        try lab.write("changed\n", "src/app.py")
        _ = try PlanTests.plan(lab)
        _ = try PlanTests.plan(lab, "--no-cache")
        #expect(try lab.listing("store") == before)
    }

    @Test func exitCodeTellsScripts() throws {
        let lab = try CommandLab(withBase: true)
        try lab.writeSample()
        let cold = try lab.chalk(["plan", "image.json", "--exit-code"])
        #expect(cold.status == 1)
        #expect(cold.errors == "error: a build would execute 4 of 8 steps\n")
        _ = try lab.build("image.json")
        let warm = try lab.chalk(["plan", "image.json", "--exit-code"])
        #expect(warm.status == 0)
        #expect(warm.errors.isEmpty)
        #expect(warm.output.contains("workdir WORKDIR /app\n"))
        #expect(warm.output.split(separator: "\n").count { $0.hasPrefix("hit ") } == 4)
    }
}
