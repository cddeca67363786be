/// `--platform=$TARGETPLATFORM`, which is what happens anyway.
enum RedundantTargetPlatform: LintCheck {
    static let rule = LintRule(
        "RedundantTargetPlatform", "FROM does not ask for $TARGETPLATFORM, its default")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.compactMap { stage in
            guard let platform = stage.platform, platform.used == ["TARGETPLATFORM"],
                platform.unmatched.isEmpty, platform.text == file.globals?.scope["TARGETPLATFORM"]
            else { return nil }
            return finding(
                at: stage.stage.opening,
                "--platform=\(stage.stage.platform ?? "") is the platform that FROM takes anyway; leave it out"
            )
        }
    }
}
