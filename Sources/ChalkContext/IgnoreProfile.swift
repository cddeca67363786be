/// Whose rules decide what an ignore file means.
///
/// Semantics.md sections 2 to 5 (go-git), 7 (git); moby's `.dockerignore` rules (docker).
package enum IgnoreProfile: String, Hashable, Sendable, CaseIterable {
    /// go-git v6 main at 374c3548, in a walk that prunes. A later upstream fix becomes a case of its own, so
    /// that what goes into an image never changes silently.
    case goGit_374c3548 = "go-git"
    /// git 2.55.
    case git
    /// `.dockerignore` as BuildKit reads it.
    case docker

    /// The default: go-git as pinned here.
    package static let goGit = IgnoreProfile.goGit_374c3548

    /// The profile that users call `name`: `go-git`, `git` or `docker`.
    package init?(name: String) {
        self.init(rawValue: name)
    }

    /// What users call it.
    package var name: String { rawValue }

    /// The names of the ignore files that every directory may hold, weakest first. None for `docker`, which
    /// has one file for the whole context.
    package var ignoreFileNames: [[UInt8]] {
        switch self {
        case .goGit_374c3548, .git: [Array(".gitignore".utf8), Array(".chalkignore".utf8)]
        case .docker: []
        }
    }
}
