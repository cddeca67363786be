/// A relative directory starts from wherever the base image happens to stand.
enum WorkdirRelativePath: LintCheck {
    static let rule = LintRule("WorkdirRelativePath", "the first WORKDIR is absolute")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap(\.instructions).compactMap { item in
            guard case .workdir(let workdir) = item.expanded, !item.hasWorkdir, !workdir.path.hasPrefix("/")
            else { return nil }
            return finding(
                at: item.place,
                "the relative directory \(workdir.path) starts from wherever the base image stands; "
                    + "make it absolute")
        }
    }
}
