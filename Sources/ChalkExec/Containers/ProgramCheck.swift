internal import ChalkSystem

/// Whether a container's program is there, asked before the runtime is: what that says of it is said in its own words,
/// and on the container's standard error.
struct ProgramCheck {
    /// The root file system.
    let root: String
    /// What is mounted in it only later; a program there is the runtime's to find.
    let mounts: [String]

    /// - Throws: ``ExecError`` (`programMissing`, `programRefused`).
    func check(_ arguments: [String], _ environment: [String], workingDirectory: String) throws {
        guard let program = arguments.first else { return }
        let view = try RootView(path: root)
        let hasPath = program.utf8.contains(UInt8(ascii: "/"))
        let path = environment.last { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? ""
        let directories =
            hasPath ? [""] : path.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var refused: String?
        for directory in directories {
            let candidate = directory.isEmpty ? program : "\(directory)/\(program)"
            let place = try? view.place(of: PathText.absolute(candidate, in: workingDirectory))
            guard let place else { continue }
            if mounts.contains(where: { place.absolute == $0 || place.absolute.hasPrefix($0 + "/") }) {
                return
            }
            guard let status = place.status else { continue }
            if status.kind == .file, status.mode & 0o111 != 0 { return }
            refused = refused ?? candidate
        }
        if let refused {
            throw ExecError(.programRefused, "cannot start \(refused): it is no program, or not executable")
        }
        throw ExecError(
            .programMissing,
            "cannot start \"\(program)\": there is no such program in the container"
                + (hasPath ? "" : ", whose PATH is \(path)"))
    }
}
