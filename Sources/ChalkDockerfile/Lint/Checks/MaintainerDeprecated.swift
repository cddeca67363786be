/// MAINTAINER has been a label for years.
enum MaintainerDeprecated: LintCheck {
    static let rule = LintRule("MaintainerDeprecated", "authors are named by a label and not by MAINTAINER")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.instructions.compactMap { parsed in
            guard case .maintainer = parsed.instruction else { return nil }
            return finding(
                at: parsed, "MAINTAINER is deprecated; write LABEL org.opencontainers.image.authors=...")
        }
    }
}
