/// ARG and ENV stay in the image for everyone to read; names tell what is in them.
enum SecretsUsedInArgOrEnv: LintCheck {
    static let rule = LintRule("SecretsUsedInArgOrEnv", "no secret is passed by ARG or ENV")

    private static let secrets: Set<String> = [
        "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret",
        "token",
    ]
    private static let harmless: Set<String> = ["public", "file", "version"]

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap(\.instructions).flatMap { item in
            names(in: item.expanded).filter(looksSecret).map { name in
                finding(
                    at: item.place,
                    "\(name) sounds like a secret, which \(item.expanded.keyword) leaves in the image; "
                        + "use RUN --mount=type=secret")
            }
        }
    }

    private static func names(in instruction: Instruction) -> [String] {
        switch instruction {
        case .env(let env): env.variables.map(\.name)
        case .arg(let arg): arg.arguments.map(\.name)
        default: []
        }
    }

    private static func looksSecret(_ name: String) -> Bool {
        let words = Set(name.lowercased().split(separator: "_").map(String.init))
        return !words.isDisjoint(with: secrets) && words.isDisjoint(with: harmless)
    }
}
