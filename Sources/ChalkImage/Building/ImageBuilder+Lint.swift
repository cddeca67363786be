internal import ChalkDockerfile
internal import ChalkOCI
internal import ChalkPlan
internal import ChalkSpec

/// BuildKit's build checks, which a build of a Dockerfile makes too.
extension ImageBuilder {
    /// What they find, as warnings.
    ///
    /// - Parameter bases: the images that the build starts from, whose variables are then known.
    /// - Throws: where the file wants findings to be errors (`# check=error=true`).
    func lintWarnings(
        _ image: Image, _ options: BuildOptions, bases: [PlatformImage: BaseResolver.Base]
    ) throws -> [String] {
        guard case .dockerfile(let source) = image.spec.base else { return [] }
        var known = try LintOptions(
            options, context: BuildContext(image, options).directory, dockerfile: source.path)
        // Of an image for several platforms always the same one speaks.
        let runtimes = Dictionary(
            bases.sorted { $0.key.platform.description < $1.key.platform.description }
                .map { ($0.key.source, $0.value.config.runtime) }, uniquingKeysWith: { first, _ in first })
        known.base = { name in
            guard let reference = try? Reference(name), let runtime = runtimes[.registry(reference)] else {
                return nil
            }
            return LintOptions.Base(environment: runtime.environment, hasShell: runtime.shell != nil)
        }
        let report = Linter.check(source.contents, name: source.path, options: known)
        let findings = report.findings.filter { $0.rule.origin == .buildKit }
        if report.findingsAreErrors, let failure = Linter.failure(for: findings, in: source.path) {
            throw failure
        }
        return findings.map(\.warning)
    }
}
