import ChalkTestSupport
import Foundation
import Testing

/// `chalk-image dockerfile lint`, `build --check`, and the warnings of a build.
@Suite struct DockerfileLintTests {
    private static let poor = "FROM scratch AS Base\nCOPY $x /y\nCMD serve\n"

    @Test func findingsOnStandardOutput() throws {
        let lab = try CommandLab()
        try lab.write(DockerfileLintTests.poor, "Dockerfile")
        let ran = try lab.chalk(["dockerfile", "lint"])
        #expect(ran.status == 1)
        #expect(ran.errors == "")
        #expect(
            ran.output == """
                Dockerfile:1: StageNameCasing: the stage name Base is not in lower case; write base
                Dockerfile:2: UndefinedVar: $x is not defined here; define it before with ARG or ENV
                Dockerfile:3: JSONArgsRecommended: CMD runs a shell, which keeps signals such as SIGTERM from the program; write a JSON array

                """)
        #expect(try lab.chalk(["build", "--check", "-f", "Dockerfile", "."]).output == ran.output)
    }

    @Test func nothingToSay() throws {
        let lab = try CommandLab()
        try lab.write("FROM scratch\nCOPY x /x\n", "sub/Other")
        let ran = try lab.check("dockerfile", "lint", "sub/Other")
        #expect(ran.output == "")
        #expect(try lab.check("build", "--check", "-f", "sub/Other", "sub").output == "")
        let json = try lab.check("dockerfile", "lint", "--format=json", "sub/Other").output
        #expect(try object(Array(json.utf8))["warnings"] as? [String] == [])
    }

    @Test func aTextThatIsNoDockerfile() throws {
        let lab = try CommandLab()
        try lab.write("FROM a AS B\nCOPPY x /y\n", "D")
        let ran = try lab.chalk(["dockerfile", "lint", "D"])
        #expect(ran.status == 2)
        #expect(ran.output == "D:1: StageNameCasing: the stage name B is not in lower case; write b\n")
        #expect(ran.errors == "error: D:2: unknown instruction COPPY; did you mean COPY?\n")
        #expect(try lab.chalk(["dockerfile", "lint", "nope"]).status == 3)
        #expect(try lab.chalk(["dockerfile", "lint", "--format=xml", "D"]).status == 2)
    }

    @Test func jsonHasTheShapeOfBuildKits() throws {
        let lab = try CommandLab()
        try lab.write("FROM a AS B\nEXPOSE x\n", "D")
        let ran = try lab.chalk(["dockerfile", "lint", "--format", "json", "D"])
        #expect(ran.status == 1)
        let report = try object(Array(ran.output.utf8))
        let warning = try #require((report["warnings"] as? [[String: Any]])?.first)
        #expect(warning["ruleName"] as? String == "StageNameCasing")
        #expect(
            warning["url"] as? String
                == "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/")
        #expect(warning["detail"] as? String == "the stage name B is not in lower case; write b")
        let location = try #require(warning["location"] as? [String: Any])
        let range = try #require((location["ranges"] as? [[String: [String: Int]]])?.first)
        #expect(range == ["start": ["line": 1], "end": ["line": 1]])
        let failure = try #require(report["buildError"] as? [String: Any])
        #expect(
            failure["message"] as? String
                == "EXPOSE cannot take \"x\": a port is a number up to 65535 or a range such as 8000-8010")
    }

    @Test func fromStandardInput() throws {
        let lab = try CommandLab()
        try lab.write(DockerfileLintTests.poor, "D")
        let program = try lab.command(["dockerfile", "lint", "-"]).joined(separator: " ")
        let ran = try BuiltCommand.run(["sh", "-c", "\(program) < D"], in: lab.path)
        #expect(ran.status == 1)
        #expect(ran.output.hasPrefix("-:1: StageNameCasing: "))
    }

    /// Ignore file, copied sources, what is found.
    @Test(arguments: [
        ("x\n", "x", true), ("x\n", "y", false), ("x\n", "./x", true), ("d\n", "d/f", true),
        ("d/\n", "d/e/f", true), ("*.log\n", "a.log", true), ("*.log\n", "d/a.log", false),
        ("**/*.log\n", "d/a.log", true), ("x\n!x/y\n", "x", false), ("*\n", ".", true), (".*\n", ".", false),
        ("# x\n", "x", false), ("/x\n", "/x", true),
    ])
    func copiesThatTheIgnoreFileForbids(_ ignored: String, _ source: String, _ isFound: Bool) throws {
        let lab = try CommandLab()
        try lab.write("FROM scratch\nCOPY \(source) /z/\n", "sub/D")
        try lab.write(ignored, "context/.dockerignore")
        let ran = try lab.chalk(["dockerfile", "lint", "sub/D", "context"])
        #expect(ran.output.contains("CopyIgnoredFile") == isFound)
        #expect(ran.status == (isFound ? 1 : 0))
        #expect(try lab.chalk(["dockerfile", "lint", "sub/D"]).status == 0)
        try lab.write(ignored, "sub/D.dockerignore")
        #expect(try lab.chalk(["dockerfile", "lint", "sub/D"]).output.contains("CopyIgnoredFile") == isFound)
    }

    @Test func buildsWarn() throws {
        let lab = try CommandLab()
        try lab.write("FROM scratch AS Base\nARG COMMIT\nLABEL a b\n", "Dockerfile")
        let ran = try lab.check("build", "-f", "Dockerfile", ".", "--progress=plain")
        #expect(
            ran.errors.contains(
                "StageNameCasing: the stage name Base is not in lower case; write base (line 1)"))
        #expect(ran.errors.contains("LegacyKeyValueFormat: "))
    }

    @Test func filesMayMakeFindingsErrors() throws {
        let lab = try CommandLab()
        try lab.write("# check=error=true\nFROM scratch AS Base\n", "Dockerfile")
        let ran = try lab.chalk(["build", "-f", "Dockerfile", "."])
        #expect(ran.status == 2)
        #expect(
            ran.errors.hasSuffix(
                "/Dockerfile:2: findings are errors here (check=error=true), and there are some of StageNameCasing\n"
            ))
        try lab.write("# check=error=true;skip=StageNameCasing\nFROM scratch AS Base\n", "Dockerfile")
        try lab.check("build", "-f", "Dockerfile", ".")
    }
}
