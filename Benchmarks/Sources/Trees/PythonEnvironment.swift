import FoundationEssentials

extension Tree {
    /// What a data scientist installs.
    static let python = Tree(
        name: "python", title: "a Python environment of 10,000 files, 400 MB",
        operations: [.cold, .unchanged, .oneFile, .push, .repush, .pull],
        changing: "six_changing.py"
    ) { directory, scale in
        try PythonEnvironment().write(to: directory, scale: scale)
    }
}

/// Packages as pip installs them, kept between runs, since fetching them takes minutes.
///
/// The one tree that no seed makes: its bytes are those of the wheels for this machine's Python.
struct PythonEnvironment {
    private static let packages = ["numpy", "scipy", "pandas", "matplotlib"]

    /// At a scale below 1 only the first files, by name.
    func write(to directory: String, scale: Double) throws {
        let installed = try install()
        let files = try Files.below(installed)
        for file in files.prefix(max(1, Int(Double(files.count) * min(1, scale)))) {
            let target = "\(directory)/\(file)"
            try Files.makeDirectory(String(target.prefix(upTo: target.lastIndex(of: "/") ?? target.endIndex)))
            try Files.write(try Files.bytes("\(installed)/\(file)"), to: target)
        }
        try Files.write(Array(repeating: UInt8(ascii: "#"), count: 4_096), to: "\(directory)/six_changing.py")
    }

    private func install() throws -> String {
        let variables = Environment.variables
        let cache = variables["XDG_CACHE_HOME"] ?? (variables["HOME"] ?? "/root") + "/.cache"
        let kept = "\(cache)/chalk-image/python-environment"
        if Files.exists(kept) { return kept }
        let unfinished = "\(kept).unfinished"
        try Files.emptyDirectory(unfinished)
        Progress.say("installing \(PythonEnvironment.packages.joined(separator: ", ")) (once, some minutes)")
        let pip = Command(
            [
                "python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "--only-binary=:all:",
            ]
                + ["--no-warn-conflicts", "--target", unfinished] + PythonEnvironment.packages)
        do {
            try Stopwatch(log: "\(unfinished).log").run(Pipeline(pip))
        } catch {
            throw BenchError(
                "the Python environment needs pip, and wheels of \(PythonEnvironment.packages) from an index or "
                    + "PIP_FIND_LINKS; leave it out with --tree small,large,tiny: \(error)")
        }
        try FileManager.default.moveItem(atPath: unfinished, toPath: kept)
        return kept
    }
}
