/// The lists that apt-get fetched stay in the layer of its RUN unless that RUN removes them.
enum AptListsKept: LintCheck {
    static let rule = LintRule(
        "AptListsKept", "a RUN that installs with apt-get leaves no package lists behind", origin: .own)

    private static let lists = "/var/lib/apt/lists"

    /// Only stages that end up in the image.
    static func findings(in file: LintedFile) -> [LintFinding] {
        file.targetLineage.flatMap(\.instructions).compactMap { item in
            guard case .run(let run) = item.expanded, installs(run), !cleansUp(run) else { return nil }
            return finding(
                at: item.place,
                "the package lists stay in the layer; end the RUN with rm -rf \(lists)/*, "
                    + "or mount a cache at \(lists)")
        }
    }

    private static func installs(_ run: RunInstruction) -> Bool {
        ShellCommands(run).commands.contains { words in
            ["apt-get", "apt", "aptitude"].contains(words.program) && words.plainOperands.contains("install")
        }
    }

    private static func cleansUp(_ run: RunInstruction) -> Bool {
        let isMounted = run.mounts.contains { flag in
            guard let mount = flag.mount, mount.kind == .cache || mount.kind == .tmpfs,
                let target = mount.target
            else { return false }
            return "\(lists)/".hasPrefix(target.hasSuffix("/") ? target : target + "/")
        }
        return isMounted
            || ShellCommands(run).commands.contains { words in
                ["rm", "find"].contains(words.program)
                    && words.dropFirst().contains { $0.hasPrefix("/var/lib/apt") || $0 == "/var/lib/*" }
            }
    }
}
