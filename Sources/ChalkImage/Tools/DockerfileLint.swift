internal import ChalkContext
internal import ChalkDockerfile
internal import ChalkOCI

/// What a look at a Dockerfile finds, without building it: BuildKit's build checks under their names, and a few
/// of our own. See `docs/dockerfile.md`.
public struct DockerfileLint: Sendable {
    /// Something that could be better.
    public struct Finding: Hashable, Sendable {
        /// As `# check=skip=…` names it.
        public let rule: String
        /// What the rule asks for.
        public let summary: String
        /// BuildKit's page about the rule; nil for our own.
        public let documentation: String?
        /// What is wrong here and how to go on. Never the value of a variable.
        public let message: String
        /// The lines of the instruction, from 1.
        public let lines: ClosedRange<Int>

        init(_ finding: LintFinding) {
            rule = finding.rule.name
            summary = finding.rule.summary
            documentation = finding.rule.documentation
            message = finding.message
            lines = finding.lines
        }
    }

    /// Why a file cannot be built.
    public struct Failure: Hashable, Sendable {
        /// Without the place.
        public let message: String
        /// From 1, where known.
        public let line: Int?
    }

    /// In the order of the lines.
    public let findings: [Finding]
    /// Nil where nothing speaks against a build.
    public let failure: Failure?
    /// Whether the text is a Dockerfile at all; else only what stands before the failure was looked at.
    public let isReadable: Bool

    /// Checks a text. Files are not read but the context's `.dockerignore`.
    ///
    /// - Parameters:
    ///   - path: where the text came from, whose own ignore file comes before the context's; nil for nowhere.
    ///   - options: of these the context, the build arguments, the target and the platform count.
    /// - Throws: ``ChalkError`` for an ignore file that cannot be read.
    public init(_ text: [UInt8], path: String? = nil, options: BuildOptions = BuildOptions()) throws {
        let report = try ChalkError.wrap {
            Linter.check(
                text, name: path ?? "Dockerfile",
                options: try LintOptions(options, context: options.contextDirectory, dockerfile: path))
        }
        findings = report.findings.map(Finding.init)
        failure = report.failure.map { Failure(message: $0.message, line: $0.line) }
        isReadable = report.isReadable
    }

    /// Name and purpose of every rule.
    public static var rules: [(name: String, summary: String)] {
        Linter.rules.map { ($0.name, $0.summary) }
    }
}

extension LintOptions {
    /// What a build was asked for, as far as the checks depend on it.
    init(_ options: BuildOptions, context: String?, dockerfile: String?) throws {
        self.init()
        target = options.target
        buildArguments = options.buildArguments
        platform = options.platform
        if let context, let ignored = try HostTree.ignoreFile(context, dockerfile)?.file {
            isIgnored = { ignored.leavesOut(copySource: $0) }
        }
    }
}
