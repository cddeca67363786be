import ChalkTestSupport
import Foundation
import Testing

/// What a build, a plan and a compilation say when rule A, B or C decides about an entry.
@Suite struct IgnoreWarningTests {
    /// A spec whose directory shows all three, each for many entries.
    private func lab() throws -> (lab: CommandLab, warnings: [String]) {
        let lab = try CommandLab()
        for number in 0..<20 {
            try lab.write("", "src/tmp/f\(number)")
            try lab.write("", "src/lib/d\(number)/x.bin")
            try lab.write("", "src/deep/a/x/a/b\(number)")
        }
        for name in ["tmp/.gitkeep", "lib/y.py", "out/f"] { try lab.write("", "src/\(name)") }
        try lab.write("tmp/**\n!tmp/.gitkeep\n", "src/.gitignore")
        try lab.write("*\n!*/\n!*.py\n", "src/lib/.chalkignore")
        try lab.write("**/a/b*\n", "src/deep/.gitignore")
        try lab.write(
            """
            {"baseImage": "scratch", "steps": [
              {"addLocalDir": {"src": "src", "dest": "/app", "strategy": "copy", "exclude": ["out/**"]}},
              {"addLocalDir": {"src": "src", "dest": "/again", "strategy": "copy", "exclude": ["out/**"]}}]}
            """, "image.json")
        let src = lab.path + "/src"
        return (
            lab,
            [
                "\(src)/deep/.gitignore:1: deep/a/x/a/b0 is kept where git ignores it (rule C): **/a/b* takes the "
                    + "first directory that fits and tries no other; write /a/x/a/b* after it",
                "\(src)/lib/.chalkignore:2: lib/d0/x.bin is kept where git ignores it (rule B): !*/ answers for "
                    + "everything below the directory; write !**/*/** after it to keep all of that everywhere, or "
                    + "repeat after it what is to stay out",
                "exclude entry 1 of \(src): out is ignored where git keeps it (rule A): out/** covers the directory "
                    + "itself; write out/*",
                "\(src)/.gitignore:1: tmp is ignored where git keeps it (rule A): tmp/** covers the directory "
                    + "itself; write tmp/*",
            ]
        )
    }

    @Test func aBuildWarnsOncePerLine() throws {
        let (lab, warnings) = try lab()
        let lines = warnings.map { "warning: \($0)" }
        for round in ["cold", "cached"] {
            let ran = try lab.check("build", "image.json", "--progress=plain")
            let said = ran.errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("warning: ") }
            #expect(said == lines, "\(round)")
        }
        let events = try lab.check("build", "image.json", "--progress=json").errors.split(separator: "\n")
            .map { try object(Array($0.utf8)) }
        #expect(
            events.filter { $0["event"] as? String == "warning" }.map { $0["text"] as? String } == warnings)
    }

    @Test func aPlanSaysTheSame() throws {
        let (lab, warnings) = try lab()
        let text = warnings.map { "warning: \($0)\n" }.joined()
        for round in ["cold", "built"] {
            #expect(try lab.check("plan", "image.json").errors == text, "\(round)")
            let json = try object(try lab.check("plan", "image.json", "--json").bytes)
            #expect(json["warnings"] as? [String] == warnings, "\(round)")
            _ = try lab.build("image.json")
        }
    }

    /// Where the entries of a step cannot be known before the one below it has run.
    @Test func aPlanSaysSoOfStepsThatItCannotKnow() throws {
        let lab = try CommandLab(withBase: true)
        try lab.write("", "src/tmp/x")
        try lab.write("tmp/**\n", "src/.gitignore")
        try lab.write(
            """
            FROM busybox
            RUN ln -s /var /opt
            """, "Dockerfile")
        try lab.write(
            """
            {"dockerfile": "Dockerfile", "steps": [
              {"addLocalDir": {"src": "src", "dest": "/opt/app", "strategy": "copy"}}]}
            """, "image.json")
        let ran = try lab.check("plan", "image.json")
        #expect(ran.output.contains("the layers below it change"))
        #expect(
            ran.errors
                == "warning: \(lab.path)/src/.gitignore:1: tmp is ignored where git keeps it (rule A): tmp/** covers "
                + "the directory itself; write tmp/*\n")
    }

    @Test func aCompilationSaysTheSame() throws {
        let (lab, warnings) = try lab()
        let ran = try lab.check("compile", "image.json", "-o", "made")
        #expect(ran.errors == (warnings + warnings).map { "warning: \($0)\n" }.joined())
    }

    @Test func otherLinesAreNotWarnedAbout() throws {
        let lab = try CommandLab()
        for name in ["a/x", "b/y", "c.o", "keep.o"] { try lab.write("", "src/\(name)") }
        try lab.write("*.o\n!keep.o\n/a/*\nb/\n", "src/.gitignore")
        try lab.write(
            #"{"baseImage": "scratch", "steps": [{"addLocalDir": {"src": "src", "dest": "/x", "strategy": "copy"}}]}"#,
            "image.json")
        #expect(try lab.check("plan", "image.json").errors.isEmpty)
        #expect(!(try lab.check("build", "image.json", "--progress=plain").errors.contains("warning")))
    }
}
