/// A source that the ignore file of the context leaves out: copying it fails.
enum CopyIgnoredFile: LintCheck {
    static let rule = LintRule("CopyIgnoredFile", "COPY and ADD take nothing that the ignore file leaves out")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap(\.instructions).flatMap { item in
            sources(of: item.expanded).filter(file.options.isIgnored).map { source in
                finding(
                    at: item.place,
                    "\(source) is left out of the context by its .dockerignore; "
                        + "take the pattern out, or do not copy it")
            }
        }
    }

    private static func sources(of instruction: Instruction) -> [String] {
        switch instruction {
        case .copy(let copy): copy.from == nil ? copy.operands.paths : []
        case .add(let add): add.operands.paths.filter { !isRemote($0) }
        default: []
        }
    }

    private static func isRemote(_ path: String) -> Bool {
        path.contains("://") || path.hasPrefix("git@")
    }
}
