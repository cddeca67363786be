import Testing

@testable import ChalkDockerfile

/// The checks that BuildKit does not have.
@Suite struct OwnChecksTests {
    private func check(_ lintCase: LintCase, _ rule: LintRule) {
        let found = lint(lintCase.text).findings.filter { $0.rule == rule }
        #expect(found.map { "\($0.rule.name):\($0.lines.lowerBound)" } == lintCase.findings)
    }

    @Test(arguments: [
        LintCase("FROM a\nCOPY . .\nRUN pip install -r requirements.txt\n", "CopyInvalidatesInstall:2"),
        LintCase(
            "FROM a\nCOPY . /app/\nWORKDIR /app\nRUN cd x && npm ci --omit=dev\n", "CopyInvalidatesInstall:2"),
        LintCase("FROM a\nADD ./ /app\nRUN yarn\n", "CopyInvalidatesInstall:2"),
        LintCase("FROM a\nCOPY . .\nRUN go mod download\n", "CopyInvalidatesInstall:2"),
        LintCase("FROM a\nCOPY . .\nRUN [\"sh\", \"-c\", \"bundle install\"]\n", "CopyInvalidatesInstall:2"),
        LintCase(
            "FROM a\nCOPY . .\nRUN <<E\nset -e\napt-get update\napt-get -y install git\nE\n",
            "CopyInvalidatesInstall:2"),
        LintCase("FROM a\nCOPY . .\nRUN python3 -m pip install requests\n", "CopyInvalidatesInstall:2"),
        LintCase("FROM a\nCOPY . .\nRUN uv pip install --requirement=r.txt\n", "CopyInvalidatesInstall:2"),
        LintCase(
            "FROM a\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nRUN make\n"),
        LintCase("FROM a\nCOPY . .\nRUN pip install .\n"),
        LintCase("FROM a\nCOPY . .\nRUN pip install -e .[dev]\n"),
        LintCase("FROM a\nCOPY . .\nRUN npm run build\n"),
        LintCase("FROM a AS b\nFROM c\nCOPY --from=b / /x\nRUN npm ci\n"),
        LintCase("FROM a\nCOPY . .\nFROM b\nRUN npm ci\n"), LintCase("FROM a\nCOPY src src\nRUN npm ci\n"),
        LintCase("FROM a\n# check=skip=CopyInvalidatesInstall\nCOPY . .\nRUN npm ci\n"),
    ])
    func copiesBeforeInstallations(_ lintCase: LintCase) { check(lintCase, CopyInvalidatesInstall.rule) }

    @Test(arguments: [
        LintCase("FROM a\nARG COMMIT\nRUN make\nRUN echo $COMMIT\n", "ArgInvalidatesRun:2"),
        LintCase("FROM a\nARG x\nRUN make\n", "ArgInvalidatesRun:2"),
        LintCase("FROM a\nARG BUILD_DATE=unknown\nRUN make\nLABEL d=$BUILD_DATE\n", "ArgInvalidatesRun:2"),
        LintCase("FROM a\nARG x\nRUN echo ${x}\nRUN make\n"), LintCase("FROM a\nARG x=1\nRUN make\n"),
        LintCase("FROM a\nARG x\nENV y=$x\nRUN make\n"), LintCase("FROM a\nRUN make\nARG x\nLABEL y=$x\n"),
        LintCase("ARG x=1\nFROM a\nARG x\nRUN make\n"), LintCase("FROM a\nARG TARGETARCH\nRUN make\n"),
        LintCase("FROM a\nARG PIP_INDEX_URL\nRUN pip install x\n"),
        LintCase("FROM a\nARG CACHE_BUST\nRUN make\n"),
        LintCase("FROM a\nARG HTTP_PROXY\nRUN make\n"), LintCase("FROM a\nARG x\nRUN <<E\necho $x\nE\n"),
        LintCase("FROM a\nARG x\nRUN xx\n", "ArgInvalidatesRun:2"),
    ])
    func argumentsBeforeRuns(_ lintCase: LintCase) { check(lintCase, ArgInvalidatesRun.rule) }

    @Test(arguments: [
        LintCase("FROM a\nENV X=ghp_0123456789abcdefghij0123456789abcdef\n", "SecretInValue:2"),
        LintCase("FROM a\nARG X=\"AKIAIOSFODNN7EXAMPLE\"\n", "SecretInValue:2"),
        LintCase("FROM a\nENV DB=postgres://me:hunter2@db/x\n", "SecretInValue:2"),
        LintCase(
            "FROM a\nENV INDEX='--extra-index-url=https://u:p4ss@pypi.example/simple'\n", "SecretInValue:2"),
        LintCase("FROM a\nLABEL k=\"-----BEGIN RSA PRIVATE KEY-----\"\n", "SecretInValue:2"),
        LintCase("FROM a\nENV X=short KEYWORD=ghp_ DB=postgres://me@db/x U=https://h:80/a@b\n"),
        LintCase("FROM a\nARG p\nENV DB=postgres://me:${p}@db/x\n"),
    ])
    func valuesThatAreSecrets(_ lintCase: LintCase) { check(lintCase, SecretInValue.rule) }

    @Test func secretsAreNotRepeated() {
        let report = lint("FROM a\nENV X=ghp_0123456789abcdefghij0123456789abcdef\n")
        #expect(!report.messages.joined().contains("ghp_"))
    }

    @Test(arguments: [
        LintCase("FROM a\nRUN apt-get update && apt-get install -y git\n", "AptListsKept:2"),
        LintCase(
            "FROM a\nRUN apt-get update && apt-get -qq install git && apt-get clean\n", "AptListsKept:2"),
        LintCase(
            "FROM a\nRUN apt update; DEBIAN_FRONTEND=noninteractive apt install git\n", "AptListsKept:2"),
        LintCase("FROM a\nRUN apt-get install git\nRUN rm -rf /var/lib/apt/lists/*\n", "AptListsKept:2"),
        LintCase("FROM a\nRUN apt-get install git \\\n && rm -rf /var/lib/apt/lists/*\n"),
        LintCase("FROM a\nRUN <<E\napt-get install git\nrm -r /var/lib/apt/lists\nE\n"),
        LintCase("FROM a\nRUN --mount=type=cache,target=/var/lib/apt apt-get install git\n"),
        LintCase("FROM a\nRUN --mount=type=tmpfs,target=/var/lib/apt/lists/ apt-get install git\n"),
        LintCase(
            "FROM a\nRUN --mount=type=cache,target=/var/cache/apt apt-get install git\n", "AptListsKept:2"),
        LintCase("FROM a\nRUN echo apt-get install\n"), LintCase("FROM a\nRUN apt-get update\n"),
        // What only hands files on may leave behind what it likes.
        LintCase("FROM a AS b\nRUN apt-get install git\nFROM c\nCOPY --from=b /x /x\n"),
        LintCase("FROM a AS b\nRUN apt-get install git\nFROM b\n", "AptListsKept:2"),
    ])
    func packageLists(_ lintCase: LintCase) { check(lintCase, AptListsKept.rule) }
}
