import ChalkOCI
import Testing

@testable import ChalkDockerfile

@Suite struct LinterTests {
    @Test func everyRuleHasANameAndAPage() {
        let rules = Linter.rules
        #expect(Set(rules.map(\.name)).count == rules.count)
        #expect(rules.count { $0.origin == .buildKit } == 21)
        let pages = Dictionary(uniqueKeysWithValues: rules.map { ($0.name, $0.documentation) })
        let base = "https://docs.docker.com/go/dockerfile/rule"
        #expect(pages["JSONArgsRecommended"] == "\(base)/json-args-recommended/")
        #expect(pages["FromPlatformFlagConstDisallowed"] == "\(base)/from-platform-flag-const-disallowed/")
        #expect(pages["SecretsUsedInArgOrEnv"] == "\(base)/secrets-used-in-arg-or-env/")
        #expect(pages["AptListsKept"] == .some(nil))
    }

    @Test func sentences() {
        let report = lint(
            """
            FROM a AS Base
            ARG DIR_ASSETS
            copy $DIR_ASSET .
            ENV PATH=$PAHT:/x
            WORKDIR app
            CMD serve
            CMD again
            EXPOSE 80:80/TCP

            """)
        #expect(
            report.messages == [
                "1: the stage name Base is not in lower case; write base",
                "3: copy is not in the case of most keywords, upper case; write COPY",
                "3: $DIR_ASSET is not defined here; define it before with ARG or ENV",
                "4: $PAHT is not defined here; did you mean $PATH?",
                "5: the relative directory app starts from wherever the base image stands; make it absolute",
                "6: CMD runs a shell, which keeps signals such as SIGTERM from the program; write a JSON array",
                "6: this CMD is lost, since one on line 7 follows; keep one of them",
                "7: CMD runs a shell, which keeps signals such as SIGTERM from the program; write a JSON array",
                "8: the protocol of 80:80/TCP is not in lower case; write tcp",
                "8: 80:80/TCP names an address or a port of the host, which EXPOSE cannot set; "
                    + "leave the container's port only",
            ])
    }

    @Test func whatStandsBeforeAnErrorIsTold() {
        let report = lint("FROM a AS B\nMAINTAINER me\n\nBADCMD\nMAINTAINER you\n")
        #expect(report.places == ["StageNameCasing:1", "MaintainerDeprecated:2"])
        #expect(report.failure?.description == "Dockerfile:4: unknown instruction BADCMD")
        #expect(!report.isReadable)
    }

    @Test func whatCannotBeBuiltIsReadableStill() {
        let port = lint("FROM a AS B\nEXPOSE x\n")
        #expect(port.places == ["StageNameCasing:1"])
        #expect(port.failure?.line == 2)
        #expect(port.isReadable)
        let base = lint("FROM ${x?none}\n")
        #expect(base.failure?.description == "Dockerfile:1: cannot expand a word: x: none")
        #expect(base.isReadable)
        let platform = lint("FROM --platform=$BULIDPLATFORM a\nCOPY $x /y\n")
        #expect(platform.places == ["UndefinedArgInFrom:1"])
        #expect(
            platform.failure?.description
                == "Dockerfile:1: the platform $BULIDPLATFORM of FROM is empty after expansion; "
                + "give the ARG a value")
        let arch = lint("FROM --platform=linux/$none a\n")
        #expect(
            arch.failure?.description
                == "Dockerfile:1: the platform linux/$none of FROM becomes linux/, which is none")
        let volume = lint("FROM a\nVOLUME $x\n")
        #expect(volume.places == ["UndefinedVar:2"])
        #expect(
            volume.failure?.description
                == "Dockerfile:2: the directory $x of VOLUME is empty after expansion; set the variable")
    }

    @Test func onlyWhatTheTargetNeeds() {
        let text = "FROM a AS x\nCOPY $b /\nFROM a AS y\nCOPY --from=x $c /\nFROM a AS z\nCOPY $d /\n"
        #expect(lint(text).places == ["UndefinedVar:2", "UndefinedVar:4", "UndefinedVar:6"])
        #expect(lint(text) { $0.target = "y" }.places == ["UndefinedVar:2", "UndefinedVar:4"])
        #expect(lint(text) { $0.target = "2" }.places == ["UndefinedVar:6"])
        #expect(
            lint(text) { $0.target = "w" }.failure?.description
                == "Dockerfile: there is no stage \"w\"; name one that a FROM ... AS begins")
    }

    @Test func buildArgumentsCount() {
        let text = "ARG x\nFROM a:$x\nARG d=$missing\n"
        #expect(lint(text).places == ["InvalidDefaultArgInFrom:2", "UndefinedVar:3"])
        let given = lint(text) {
            $0.buildArguments = ["x": "1", "d": "2"]
        }
        #expect(given.places == ["InvalidDefaultArgInFrom:2"])
    }

    @Test func whatTheBaseHasIsKnown() {
        let text = "FROM a:1\nCOPY $x $y\nCMD z\n"
        #expect(lint(text).places == ["UndefinedVar:2", "UndefinedVar:2", "JSONArgsRecommended:3"])
        let known = lint(text) {
            $0.base = { $0 == "a:1" ? LintOptions.Base(environment: ["x=1"], hasShell: true) : nil }
        }
        #expect(known.places == ["UndefinedVar:2"])
    }

    @Test func oneFindingForOneThing() {
        #expect(lint("FROM a\nCOPY $x $x /$x/\n").places == ["UndefinedVar:2"])
    }

    /// Any text gets an answer, and the lines of findings are lines of the text.
    @Test(arguments: FixtureCase.all)
    func fixtures(_ fixture: FixtureCase) throws {
        let bytes = try fixture.bytes()
        let lines = bytes.count { $0 == 0x0A } + 1
        let report = Linter.check(bytes, name: "f")
        for finding in report.findings {
            #expect(finding.lines.lowerBound >= 1)
            #expect(finding.lines.upperBound <= lines)
            #expect(!finding.message.contains("\n"))
        }
    }
}
