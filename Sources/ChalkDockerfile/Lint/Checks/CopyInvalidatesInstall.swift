/// The whole context is copied before an installation that reads a file or two of it, or none: every edit then
/// repeats the installation.
enum CopyInvalidatesInstall: LintCheck {
    static let rule = LintRule(
        "CopyInvalidatesInstall", "dependencies are installed before the whole context is copied",
        origin: .own)

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap { stage in
            var findings: [LintFinding] = []
            var broad: LintedInstruction?
            for item in stage.instructions {
                if takesWholeContext(item.expanded) {
                    broad = broad ?? item
                } else if case .run(let run) = item.expanded, let copy = broad,
                    let install = ShellCommands(run).commands.lazy.compactMap(Installation.init).first
                {
                    findings.append(
                        finding(
                            at: copy.place,
                            "the whole context is copied before \(install.command) on line \(item.place.line), "
                                + "so every edit repeats it; \(install.advice)"))
                    broad = nil
                }
            }
            return findings
        }
    }

    private static func takesWholeContext(_ instruction: Instruction) -> Bool {
        let operands: CopyOperands
        switch instruction {
        case .copy(let copy) where copy.from == nil: operands = copy.operands
        case .add(let add): operands = add.operands
        default: return false
        }
        return operands.paths.contains { [".", "./", "/", "*", "./*"].contains($0) }
    }
}

/// A command that installs what others made.
private struct Installation {
    /// As somebody would say it.
    let command: String
    let advice: String

    private static let systems: Set<String> = ["apt-get", "apt", "dnf", "yum", "microdnf", "zypper"]
    /// What each of these reads when it is called with one of those words.
    private static let readers: [String: (verbs: Set<String>, files: String)] = [
        "npm": (["ci", "install", "i"], "package.json and its lock file"),
        "pnpm": (["install", "i"], "package.json and its lock file"),
        "bun": (["install", "i"], "package.json and its lock file"),
        "bundle": (["install"], "Gemfile and Gemfile.lock"),
        "composer": (["install"], "composer.json and composer.lock"),
        "pipenv": (["install", "sync"], "Pipfile and Pipfile.lock"),
        "cargo": (["fetch"], "Cargo.toml and Cargo.lock"),
    ]

    init?(_ words: [String]) {
        let operands = words.plainOperands
        let verb = operands.first ?? ""
        let program = words.program
        if Self.systems.contains(program), verb == "install" {
            self.init("\(program) install")
        } else if program == "apk", verb == "add" {
            self.init("apk add")
        } else if let reader = Self.readers[program], reader.verbs.contains(verb) {
            self.init("\(program) \(verb)", reads: reader.files)
        } else if program == "yarn", verb.isEmpty || verb == "install" {
            self.init("yarn install", reads: "package.json and its lock file")
        } else if program == "go", operands.starts(with: ["mod", "download"]) {
            self.init("go mod download", reads: "go.mod and go.sum")
        } else if program == "mvn", operands.contains(where: { $0.hasPrefix("dependency:") }) {
            self.init("mvn \(verb)", reads: "pom.xml")
        } else if program == "poetry", verb == "install", words.contains("--no-root") {
            self.init("poetry install", reads: "pyproject.toml and poetry.lock")
        } else if program == "uv", verb == "sync", words.contains("--no-install-project") {
            self.init("uv sync", reads: "pyproject.toml and uv.lock")
        } else if let arguments = Self.pip(words) {
            self.init(pip: arguments)
        } else {
            return nil
        }
    }

    private init(_ command: String, reads files: String? = nil) {
        self.command = command
        advice = files.map { "copy \($0) first, and the rest after it" } ?? "copy after it"
    }

    /// The words after `pip install`, `python -m pip install` or `uv pip install`.
    private static func pip(_ words: [String]) -> ArraySlice<String>? {
        var rest = words[...]
        if words.program == "uv" || words.program.hasPrefix("python"), let index = words.firstIndex(of: "pip")
        {
            rest = words[index...]
        }
        guard let name = rest.first?.split(separator: "/").last, name == "pip" || name == "pip3",
            let install = rest.firstIndex(of: "install")
        else { return nil }
        return rest[(install + 1)...]
    }

    private init?(pip arguments: ArraySlice<String>) {
        let readsFile = arguments.contains { $0.hasPrefix("-r") || $0.hasPrefix("--requirement") }
        // An installation of the context itself needs it all.
        let isLocal = arguments.contains { $0.hasPrefix(".") || $0.hasPrefix("/") || $0 == "-e" }
        if readsFile {
            self.init("pip install -r", reads: "the requirements file")
        } else if isLocal {
            return nil
        } else {
            self.init("pip install")
        }
    }
}
