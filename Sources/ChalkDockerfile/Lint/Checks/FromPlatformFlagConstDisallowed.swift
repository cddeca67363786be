internal import ChalkOCI

/// `--platform=linux/amd64`: the stage is for one platform, whatever the build is for.
enum FromPlatformFlagConstDisallowed: LintCheck {
    static let rule = LintRule(
        "FromPlatformFlagConstDisallowed",
        "FROM asks for a platform by a variable, or its stage is named after the platform")

    private static let systems: Set<String> = [
        "aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "netbsd",
        "openbsd", "plan9", "solaris", "wasip1", "windows", "zos",
    ]
    private static let processors: Set<String> = [
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le",
        "riscv64", "s390x", "wasm",
    ]

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.compactMap { stage in
            guard let platform = stage.platform, platform.used.isEmpty, platform.unmatched.isEmpty,
                let parts = parts(of: platform.text)
            else { return nil }
            let name = stage.stage.alias ?? ""
            if parts.contains(where: { name.contains($0) }) { return nil }
            return finding(
                at: stage.stage.opening,
                "--platform=\(platform.text) fixes the platform, whatever the build is for; "
                    + "use a variable, or name the stage after it")
        }
    }

    /// System and processor of a platform, one of which may go without saying; nil where it is none.
    private static func parts(of text: String) -> [String]? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { $0.lowercased() }
        guard (1...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        if parts.count > 1 { return [system(parts[0]), processor(parts[1])] }
        if systems.contains(system(parts[0])) { return [system(parts[0]), Platform.host.architecture] }
        guard processors.contains(processor(parts[0])) else { return nil }
        return [Platform.host.os, processor(parts[0])]
    }

    private static func system(_ name: String) -> String {
        let plain = String(name.prefix { $0 != "(" })
        return plain == "macos" ? "darwin" : plain
    }

    private static func processor(_ name: String) -> String {
        switch name {
        case "i386": "386"
        case "x86_64", "x86-64": "amd64"
        case "aarch64": "arm64"
        case "armhf", "armel": "arm"
        default: name
        }
    }
}
