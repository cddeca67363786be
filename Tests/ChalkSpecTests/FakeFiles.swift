import ChalkSpec

/// Files of a made-up host, all below `/work`.
struct FakeFiles: SpecFiles {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    var contents: [String: [UInt8]] = [:]
    var executables: Set<String> = []
    var directories: Set<String> = ["/work"]
    var sockets: Set<String> = []

    init(_ files: [String: String] = [:], executables: Set<String> = [], directories: Set<String> = []) {
        contents = files.mapValues { Array($0.utf8) }
        self.executables = executables
        self.directories.formUnion(directories)
    }

    func kind(of path: String) throws -> SpecFileKind {
        if path == "/work/locked" { throw Missing(description: "permission denied") }
        if contents[path] != nil { return .file(executable: executables.contains(path)) }
        if directories.contains(path) { return .directory }
        return sockets.contains(path) ? .other : .missing
    }

    func read(_ path: String, limit: Int) throws -> [UInt8] {
        guard let bytes = contents[path] else { throw Missing(description: "no such file") }
        guard bytes.count <= limit else { throw Missing(description: "it has more than \(limit) bytes") }
        return bytes
    }

    /// The files below a directory, as a walk would list them.
    func listing(_ dir: LocalDir) throws -> [ListedFile] {
        contents.keys.filter { $0.hasPrefix(dir.src + "/") }.map { path in
            ListedFile(
                path: Array(path.dropFirst(dir.src.count + 1).utf8), source: path,
                executable: executables.contains(path), size: contents[path]?.count ?? 0)
        }.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }

    var here: SpecLocation { SpecLocation(directory: "/work", files: self) }

    /// A file, a script, a directory with files in it, a socket.
    static var sample: FakeFiles {
        var files = FakeFiles(
            [
                "/work/a.txt": "alpha", "/work/run.sh": "#!/bin/sh\n", "/work/src/main.py": "print()\n",
                "/work/src/lib/tool": "x", "/work/Dockerfile": "FROM debian\nRUN true\n",
                "/work/requirements.txt": "requests>=2.28\n",
            ],
            executables: ["/work/run.sh", "/work/src/lib/tool"], directories: ["/work/src", "/work/src/lib"])
        files.sockets = ["/work/socket"]
        return files
    }
}

/// The error that `body` throws, as text; "no error" when it throws none.
func problem(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}
