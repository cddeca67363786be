import Testing

@testable import ChalkDockerfile

/// `# check=…`, for a file and for one instruction.
@Suite struct LintConfigurationTests {
    private static let file = "FROM a as b\ncopy x /y\n"

    @Test(arguments: [
        ("", ["FromAsCasing:2", "ConsistentInstructionCasing:3"]),
        ("# check=skip=all\n", []), ("#check = skip=all;error=true\n", []),
        ("# check=skip=FromAsCasing\n", ["ConsistentInstructionCasing:3"]),
        ("# CHECK=skip=FromAsCasing,ConsistentInstructionCasing // both\n", []),
        ("# check=error=false;skip=FromAsCasing\n", ["ConsistentInstructionCasing:3"]),
        ("# check=experimental=all\n", ["FromAsCasing:2", "ConsistentInstructionCasing:3"]),
        ("# check=skip=NoSuchRule\n", ["FromAsCasing:2", "ConsistentInstructionCasing:3"]),
        ("# check\n", ["FromAsCasing:2", "ConsistentInstructionCasing:3"]),
    ])
    func ofTheFile(_ directive: String, _ places: [String]) {
        let text = directive + Self.file
        let expected = directive.isEmpty ? ["FromAsCasing:1", "ConsistentInstructionCasing:2"] : places
        #expect(lint(text).places == expected)
    }

    @Test func behindAShebang() {
        #expect(lint("#!/usr/bin/env dockerfile\r\n# check=skip=all\r\n" + Self.file).places == [])
        #expect(lint("#!x\n# syntax=y\n# check=skip=all\n" + Self.file).places == [])
        // A comment above FROM, and nothing more.
        #expect(
            lint("#!x\n\n# check=skip=all\n" + Self.file).places == ["ConsistentInstructionCasing:5"])
    }

    @Test func errorsAreForTheOneWhoBuilds() {
        let report = lint("# check=error=true\n" + Self.file)
        #expect(report.findingsAreErrors)
        #expect(
            report.failure?.description
                == "Dockerfile:2: findings are errors here (check=error=true), and there are some of "
                + "ConsistentInstructionCasing, FromAsCasing")
        #expect(lint("# check=error=true\nFROM a\n").failure == nil)
        #expect(!lint("# check=error=0\n" + Self.file).findingsAreErrors)
    }

    @Test func theBuildArgumentReplacesTheDirective() {
        let report = lint("# check=skip=all;error=true\n" + Self.file) {
            $0.buildArguments["BUILDKIT_DOCKERFILE_CHECK"] = "skip = FromAsCasing, JSONArgsRecommended"
        }
        #expect(report.places == ["ConsistentInstructionCasing:3"])
        #expect(!report.findingsAreErrors)
    }

    @Test(arguments: [
        (
            "skip",
            "the check directive has no option \"skip\"; it has skip=RULE,…, experimental=RULE,… and error=true"
        ),
        (
            "skp=x",
            "the check directive has no option \"skp\"; it has skip=RULE,…, experimental=RULE,… and error=true"
        ),
        ("error=maybe", "error of the check directive must be true or false, not \"maybe\""),
    ])
    func thatCannotBeRead(_ options: String, _ message: String) {
        let report = lint("# syntax=x\n# check=\(options)\nFROM a\n")
        #expect(report.failure?.description == "Dockerfile:2: \(message)")
        #expect(!report.isReadable)
    }

    @Test(arguments: [
        LintCase("FROM a\n# check=skip=JSONArgsRecommended\nCMD x\n"),
        LintCase("FROM a\n# check=skip=JSONArgsRecommended // on purpose\nCMD x\n"),
        LintCase("FROM a\n# why\n# check=skip=all\n# because\nCMD x\n"),
        LintCase("FROM a\n# check=skip=JSONArgsRecommended\nRUN x\nCMD x\n", "JSONArgsRecommended:4"),
        LintCase("FROM a\n# check=skip=MaintainerDeprecated\nCMD x\n", "JSONArgsRecommended:3"),
        LintCase("FROM a\n# check=nonsense\nCMD x\n", "JSONArgsRecommended:3"),
        LintCase("FROM a\n# checks=skip=all\nCMD x\n", "JSONArgsRecommended:3"),
        LintCase(
            "FROM a\nARG d\n# check=skip=SecretsUsedInArgOrEnv\nARG password\nARG token\n",
            "SecretsUsedInArgOrEnv:5"),
        LintCase("# about\n# check=skip=StageNameCasing\nFROM a AS B\n"),
    ])
    func ofOneInstruction(_ lintCase: LintCase) {
        #expect(lint(lintCase.text).places == lintCase.findings)
    }
}
