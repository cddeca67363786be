/// Looks for what works but should be better: BuildKit's build checks, and a few of our own.
package enum Linter {
    private static let checks: [any LintCheck.Type] = [
        StageNameCasing.self, FromAsCasing.self, NoEmptyContinuation.self, ConsistentInstructionCasing.self,
        DuplicateStageName.self, ReservedStageName.self, JSONArgsRecommended.self, MaintainerDeprecated.self,
        UndefinedArgInFrom.self, WorkdirRelativePath.self, UndefinedVar.self,
        MultipleInstructionsDisallowed.self,
        LegacyKeyValueFormat.self, RedundantTargetPlatform.self, SecretsUsedInArgOrEnv.self,
        InvalidDefaultArgInFrom.self, FromPlatformFlagConstDisallowed.self, CopyIgnoredFile.self,
        InvalidDefinitionDescription.self, ExposeProtoCasing.self, ExposeInvalidFormat.self,
        CopyInvalidatesInstall.self, ArgInvalidatesRun.self, SecretInValue.self, AptListsKept.self,
    ]

    /// Every rule there is.
    package static var rules: [LintRule] { checks.map { $0.rule } }

    /// Checks a whole file. The build argument `BUILDKIT_DOCKERFILE_CHECK` replaces the file's own `check`.
    ///
    /// - Parameter name: what errors call the file.
    package static func check(
        _ bytes: [UInt8], name: String, options: LintOptions = LintOptions()
    ) -> LintReport {
        let syntax: DockerfileSyntax
        let configuration: LintConfiguration
        do throws(DockerfileError) {
            syntax = try DockerfileSyntax.parse(bytes, name: name)
            configuration = try self.configuration(of: syntax, options)
        } catch {
            return LintReport(findings: [], failure: error, isReadable: false, findingsAreErrors: false)
        }
        let file = LintedFile(syntax, options)
        let found = checks.enumerated().flatMap { rank, check in
            configuration.silences(check.rule) ? [] : check.findings(in: file).map { (rank, $0) }
        }
        let sorted = found.sorted { left, right in
            (left.1.lines.lowerBound, left.0, left.1.message)
                < (right.1.lines.lowerBound, right.0, right.1.message)
        }
        var seen: Set<LintFinding> = []
        let findings = sorted.map(\.1).filter {
            !LintConfiguration.isSilenced($0.rule, by: $0.comments) && seen.insert($0).inserted
        }
        let areErrors = configuration.findingsAreErrors
        return LintReport(
            findings: findings,
            failure: file.failure ?? (areErrors ? Self.failure(for: findings, in: name) : nil),
            isReadable: file.isReadable, findingsAreErrors: areErrors)
    }

    /// Why a file that wants its findings to be errors fails; nil without any.
    package static func failure(for findings: [LintFinding], in name: String) -> DockerfileError? {
        guard let first = findings.first else { return nil }
        let rules = Set(findings.map(\.rule.name)).sorted().joined(separator: ", ")
        return DockerfileError(
            .directive, "findings are errors here (check=error=true), and there are some of \(rules)",
            file: name, line: first.lines.lowerBound)
    }

    private static func configuration(
        of syntax: DockerfileSyntax, _ options: LintOptions
    ) throws(DockerfileError) -> LintConfiguration {
        if let text = options.buildArguments["BUILDKIT_DOCKERFILE_CHECK"] {
            return try LintConfiguration(text)
        }
        guard let directive = syntax.checkDirective else { return LintConfiguration() }
        do throws(DockerfileError) {
            return try LintConfiguration(directive: directive.value)
        } catch {
            throw error.at(file: syntax.name, line: directive.line)
        }
    }
}

extension DockerfileSyntax {
    /// The `check` directive, which unlike the others may also follow a first line that begins with `#!`.
    var checkDirective: ParserDirective? {
        if let directive = directives.first(where: { $0.name == .check }) { return directive }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        guard rest.starts(with: "#!".utf8) else { return nil }
        var reader = DirectiveReader(isDone: false)
        let lines = rest.split(
            separator: UInt8(ascii: "\n"), maxSplits: 4, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated().dropFirst() {
            let end = line.last == 0x0D ? line.dropLast() : line
            guard let directive = try? reader.read(end, number: index + 1) else { return nil }
            if directive.name == .check { return directive }
        }
        return nil
    }
}
