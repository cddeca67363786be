import Testing

@testable import ChalkDockerfile

/// BuildKit's build checks, each on files that break it and on files that come near.
@Suite struct BuildChecksTests {
    private func check(_ lintCase: LintCase) {
        let report = lint(lintCase.text, origin: .buildKit)
        #expect(report.places == lintCase.findings)
        #expect(report.failure == nil)
    }

    @Test(arguments: [
        LintCase("FROM a AS Base\n", "StageNameCasing:1"), LintCase("FROM a AS base\n"),
        LintCase("FROM a\nFROM b AS x-Y.1\n", "StageNameCasing:2"),
        LintCase("FROM a as b\n", "FromAsCasing:1"), LintCase("from a AS b\n", "FromAsCasing:1"),
        LintCase("from a as b\n"), LintCase("FROM a AS b\n"),
        LintCase("FROM a As b\n", "FromAsCasing:1"),
        LintCase("From a as b\n", "ConsistentInstructionCasing:1"),
        LintCase(
            "FROM a AS b\nFROM c AS b\nFROM d AS B\n", "DuplicateStageName:2", "StageNameCasing:3",
            "DuplicateStageName:3"),
        LintCase("FROM a AS scratch\nFROM b AS context\n", "ReservedStageName:1", "ReservedStageName:2"),
        LintCase("FROM scratch\nFROM scratch AS b\n"),
    ])
    func stages(_ lintCase: LintCase) { check(lintCase) }

    @Test(arguments: [
        LintCase("FROM a\ncopy x /x\nCOPY y /y\n", "ConsistentInstructionCasing:2"),
        LintCase("from a\nCOPY x /x\ncopy y /y\n", "ConsistentInstructionCasing:2"),
        // As many of one as of the other: upper case.
        LintCase("from a\nCOPY x /x\n", "ConsistentInstructionCasing:1"),
        LintCase("FROM a\nWorkDir /x\n", "ConsistentInstructionCasing:2"),
        LintCase("from a\ncopy x /x\nonbuild RUN y\n"),
        // ARGs before the first FROM do not count.
        LintCase("arg x=1\nFROM a\n"),
        LintCase("FROM a\nRUN <<E\nenv\nE\n"),
    ])
    func casing(_ lintCase: LintCase) { check(lintCase) }

    @Test(arguments: [
        LintCase("FROM a\nCOPY x \\\n\n/x\n", "NoEmptyContinuation:4"),
        LintCase("FROM a\nRUN a \\\n  \\\n b\n"),
        LintCase("FROM a\nRUN a \\\n# why\n b\n"),
        LintCase("FROM a\nRUN a \\\n\t \n && b \\\n\n c\n", "NoEmptyContinuation:6"),
    ])
    func continuations(_ lintCase: LintCase) { check(lintCase) }

    @Test(arguments: [
        LintCase("FROM a\nCMD serve\n", "JSONArgsRecommended:2"),
        LintCase("FROM a\nENTRYPOINT serve --now\n", "JSONArgsRecommended:2"),
        LintCase("FROM a\nCMD [\"serve\"]\nENTRYPOINT [\"x\"]\n"),
        LintCase("FROM a\nCMD [\"serve\"\n", "JSONArgsRecommended:2"),
        LintCase("FROM a\nSHELL [\"/bin/bash\", \"-c\"]\nCMD serve\n"),
        LintCase("FROM a AS b\nSHELL [\"/bin/bash\", \"-c\"]\nFROM b\nENTRYPOINT serve\n"),
        LintCase("FROM a AS b\nSHELL [\"/bin/bash\", \"-c\"]\nFROM a\nCMD serve\n", "JSONArgsRecommended:4"),
        LintCase("FROM a\nHEALTHCHECK CMD curl x\n"),
        LintCase("FROM a\nMAINTAINER me\n", "MaintainerDeprecated:2"),
        LintCase("FROM a\nONBUILD RUN MAINTAINER x\n"),
        LintCase("FROM a\nCMD [\"x\"]\nRUN y\nCMD [\"z\"]\n", "MultipleInstructionsDisallowed:2"),
        LintCase(
            "FROM a\nENTRYPOINT [\"x\"]\nENTRYPOINT [\"y\"]\nENTRYPOINT [\"z\"]\n",
            "MultipleInstructionsDisallowed:2", "MultipleInstructionsDisallowed:3"),
        LintCase(
            "FROM a\nHEALTHCHECK NONE\nhealthcheck CMD x\n", "MultipleInstructionsDisallowed:2",
            "ConsistentInstructionCasing:3"),
        LintCase("FROM a AS b\nCMD [\"x\"]\nFROM b\nCMD [\"y\"]\n"),
    ])
    func commands(_ lintCase: LintCase) { check(lintCase) }

    @Test(arguments: [
        LintCase("FROM a\nENV x y\n", "LegacyKeyValueFormat:2"),
        LintCase("FROM a\nLABEL x y z\n", "LegacyKeyValueFormat:2"),
        LintCase("FROM a\nENV x=y a=b\nLABEL x=y\n"),
        LintCase("FROM a\nENV x =y\n", "LegacyKeyValueFormat:2"),
        LintCase("FROM a\nWORKDIR x\n", "WorkdirRelativePath:2"),
        LintCase("FROM a\nWORKDIR x\nWORKDIR y\n", "WorkdirRelativePath:2"),
        LintCase("FROM a\nWORKDIR /x\nWORKDIR y\n"),
        LintCase("FROM a AS b\nWORKDIR /x\nFROM b\nWORKDIR y\n"),
        LintCase("FROM a AS b\nWORKDIR /x\nFROM a\nWORKDIR y\n", "WorkdirRelativePath:4"),
        LintCase("FROM a\nENV d=/x\nWORKDIR $d\n"),
        LintCase("FROM a\nEXPOSE 80/TCP 81/udp 82\n", "ExposeProtoCasing:2"),
        LintCase("FROM a\nEXPOSE 8080:80\n", "ExposeInvalidFormat:2"),
        LintCase(
            "FROM a\nEXPOSE 127.0.0.1:80:80/UDP [::1]:81:81\n", "ExposeProtoCasing:2",
            "ExposeInvalidFormat:2",
            "ExposeInvalidFormat:2"),
        LintCase("FROM a\nENV p=80\nEXPOSE $p 9000-9002/tcp\n"),
        LintCase("FROM a\nEXPOSE :80\n"),
    ])
    func settings(_ lintCase: LintCase) { check(lintCase) }

    @Test(arguments: [
        LintCase("FROM a\nENV API_KEY=x\n", "SecretsUsedInArgOrEnv:2"),
        LintCase("FROM a\nARG github_token\n", "SecretsUsedInArgOrEnv:2"),
        LintCase(
            "FROM a\nENV password=x other=y secret=z\n", "SecretsUsedInArgOrEnv:2", "SecretsUsedInArgOrEnv:2"),
        LintCase("FROM a\nENV PUBLIC_KEY=x password_file=y\nARG AUTH_VERSION\n"),
        LintCase("FROM a\nENV MONKEY=x KEYBOARD=y passwords=z\n"),
        // Only stages are looked at, as BuildKit does.
        LintCase("ARG token\nFROM a\n"),
        LintCase("FROM a\nENV AUTH=x\n", "SecretsUsedInArgOrEnv:2"),
        LintCase("FROM a\nENV x_CREDENTIALS_y=x\n", "SecretsUsedInArgOrEnv:2"),
    ])
    func secrets(_ lintCase: LintCase) { check(lintCase) }

    @Test(arguments: [
        LintCase("FROM a\nCOPY $x /y\n", "UndefinedVar:2"),
        LintCase("FROM a\nARG x\nCOPY $x /y\n"),
        LintCase("FROM a\nCOPY ${x:-d} /y\n", "UndefinedVar:2"),
        LintCase("FROM a\nCOPY $x /y\nARG x=1\n", "UndefinedVar:2"),
        LintCase("FROM a AS b\nARG x=1\nFROM b\nCOPY $x /y\n"),
        LintCase("FROM a AS b\nARG x=1\nFROM a\nCOPY $x /y\n", "UndefinedVar:4"),
        LintCase("ARG x=1\nFROM a\nCOPY $x /y\n", "UndefinedVar:3"),
        LintCase("ARG x=1\nFROM a\nARG x\nCOPY $x /y\n"),
        LintCase("FROM a\nENV PATH=$PATH:/x\n"),
        LintCase("FROM a\nENV x=1 y=$x\n", "UndefinedVar:2"),
        LintCase("FROM a\nARG x=1 y=$x\n"), LintCase("FROM a\nARG x=$y\n", "UndefinedVar:2"),
        LintCase("FROM a\nRUN echo $x\nCMD [\"$x\"]\nHEALTHCHECK CMD $x\nEXPOSE $x\n"),
        LintCase("FROM a\nRUN --mount=type=cache,target=$x true\n", "UndefinedVar:2"),
        LintCase("FROM a\nCOPY <<E /x\n$y\nE\n", "UndefinedVar:2"),
        LintCase("FROM a\nCOPY <<'E' /x\n$y\nE\n"),
        LintCase(
            "FROM a\nUSER $u\nVOLUME x$v\nLABEL l=$w\nSTOPSIGNAL $s\n", "UndefinedVar:2", "UndefinedVar:3",
            "UndefinedVar:4", "UndefinedVar:5"),
        LintCase("FROM a\nARG TARGETARCH\nCOPY $TARGETARCH /x\n"),
        LintCase("FROM a\nCOPY $TARGETARCH /x\n", "UndefinedVar:2"),
        LintCase("FROM golang:1.22\nWORKDIR $GOPATH/src\n"),
        LintCase(
            "FROM docker.io/library/golang@sha256:\(String(repeating: "0", count: 64))\nCOPY x $GOPATH/\n"),
        // What ONBUILD of a stage leaves is carried out in the stage that starts from it.
        LintCase("FROM a AS b\nONBUILD COPY $x /y\nFROM b\n", "UndefinedVar:3"),
        LintCase("FROM a AS b\nONBUILD COPY $x /y\nFROM b\nFROM a\n", "UndefinedVar:3"),
    ])
    func variables(_ lintCase: LintCase) { check(lintCase) }

    @Test(arguments: [
        LintCase("ARG x=a\nFROM $x\n"), LintCase("ARG x\nFROM a:$x\n", "InvalidDefaultArgInFrom:2"),
        LintCase("ARG x\nFROM a${x}\n"), LintCase("ARG x\nFROM a:${x:-1}\n"),
        LintCase("FROM a:1${x}\n", "UndefinedArgInFrom:1"),
        LintCase("ARG x=1\nFROM a\nFROM a:$x${y}\n", "UndefinedArgInFrom:3"),
        LintCase("FROM --platform=$BUILDPLATFORM a\n"),
        LintCase("FROM --platform=linux/arm$BILDARCH a\n", "UndefinedArgInFrom:1"),
        LintCase("FROM --platform=$TARGETPLATFORM a\n", "RedundantTargetPlatform:1"),
        LintCase("FROM --platform=\"${TARGETPLATFORM}\" a\n", "RedundantTargetPlatform:1"),
        LintCase("FROM --platform=$TARGETOS/$TARGETARCH a\n"),
        LintCase("FROM --platform=linux/amd64 a\n", "FromPlatformFlagConstDisallowed:1"),
        LintCase("FROM --platform=arm64 a AS b\n", "FromPlatformFlagConstDisallowed:1"),
        LintCase("FROM --platform=linux/amd64 a AS b-amd64\nFROM --platform=linux/arm/v7 a AS linux\n"),
        LintCase("FROM --platform=linux/x86_64 a AS for_amd64\n"),
        LintCase("FROM a:$TARGETSTAGE AS x\n"),
        LintCase("ARG x=b\nFROM a AS b\nFROM $x\n"),
    ])
    func bases(_ lintCase: LintCase) { check(lintCase) }

    @Test func copiesOfIgnoredFiles() {
        let text = "FROM a AS b\nCOPY x y /d/\nADD x https://h/x /e/\nFROM b\nCOPY --from=b x /f\n"
        let report = lint(text) { $0.isIgnored = { $0 == "x" } }
        #expect(report.places == ["CopyIgnoredFile:2", "CopyIgnoredFile:3"])
    }

    @Test func descriptionsAreAskedForOnly() {
        let text = """
            # anything
            ARG x=1
            # b is the base
            FROM a AS b
            # not a name

            ARG y=1
            # a remark
            #
            ARG z=1
            # other
            ARG v=1 w=1
            # something else
            RUN w

            """
        #expect(lint(text).places == [])
        #expect(
            lint("# check=experimental=InvalidDefinitionDescription\n" + text).places
                == ["InvalidDefinitionDescription:3", "InvalidDefinitionDescription:13"])
        #expect(lint("# check=skip=all;experimental=all\n" + text).places.count == 2)
    }
}
