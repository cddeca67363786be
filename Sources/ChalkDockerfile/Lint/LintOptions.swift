package import ChalkOCI

/// What a file is checked against.
package struct LintOptions: Sendable {
    /// What is known of an image that a stage starts from.
    package struct Base: Sendable {
        /// `NAME=value`.
        package var environment: [String]
        /// Whether its config names a shell.
        package var hasShell: Bool

        package init(environment: [String], hasShell: Bool) {
            self.environment = environment
            self.hasShell = hasShell
        }
    }

    /// The stage to build, by name or number; the others that it does not need are not looked into. Nil looks
    /// into all.
    package var target: String?
    package var buildArguments: [String: String] = [:]
    /// What the image is for.
    package var platform = Platform.host
    /// What is known of an image by its name as FROM has it, variables replaced.
    package var base: @Sendable (String) -> Base? = { _ in nil }
    /// Whether the ignore file of the build context leaves a source of COPY out.
    package var isIgnored: @Sendable (String) -> Bool = { _ in false }

    package init() {}
}
