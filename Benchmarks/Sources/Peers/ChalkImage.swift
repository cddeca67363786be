/// This project's command.
struct ChalkImage: Peer {
    enum Compression: String { case gzip, zstd }

    let program: String
    let compression: Compression
    let splits: Bool

    init(program: String, _ compression: Compression, splits: Bool = false) {
        self.program = program
        self.compression = compression
        self.splits = splits
    }

    static func title(_ compression: Compression, splits: Bool = false) -> String {
        "chalk-image \(compression.rawValue)\(splits ? ", split" : "")"
    }

    var name: String { ChalkImage.title(compression, splits: splits) }
    var programs: [String] { [program] }
    var version: Command { Command(program, "version") }

    func work(_ operation: Operation, _ scene: Scene) throws -> Work? {
        let store = ["--store", "\(scene.state)/store"]
        let repository = scene.repository("chalk")
        switch operation {
        case .startup: return compression == .gzip ? Work(timed: [Pipeline(version)]) : nil
        case .cold, .unchanged, .oneFile, .append:
            let spec = "\(scene.state)/image.json"
            try Files.write(ChalkImage.spec(scene.files), to: spec)
            var build = [program, "build", spec, "-t", "bench", "--quiet"] + store
            build += ["--compression", compression.rawValue]
            if splits { build.append("--split-layers") }
            return Work(timed: [Pipeline(build)]) {
                try OCILayout(path: "\(scene.state)/store").layerBytes("/bench:latest")
            }
        case .push, .repush:
            if compression != .gzip || splits { return nil }
            let push = [program, "push", "bench", repository, "--progress", "quiet"] + store
            return Work(timed: [Pipeline(push)]) { try scene.registry.layerBytes(repository) }
        case .pull:
            guard compression == .gzip, !splits, let published = scene.published else { return nil }
            let pulled = ["--store", "\(scene.state)/pulled"]
            let target = "\(scene.state)/unpacked"
            try Files.remove("\(scene.state)/pulled")
            try Files.remove(target)
            return Work(timed: [
                Pipeline([program, "pull", published.reference, "--progress", "quiet"] + pulled),
                Pipeline([program, "export", published.reference, "-o", "type=dir,dest=\(target)"] + pulled),
            ])
        }
    }

    private static func spec(_ files: String) -> String {
        """
        {
          "baseImage": "scratch",
          "steps": [{ "addLocalDir": { "src": "\(files)", "dest": "/app", "strategy": "copy" } }]
        }

        """
    }

    /// The level that gzip layers have when nobody says one, and whether `--split-layers` exists: from the help.
    static func abilities(_ program: String, _ stopwatch: Stopwatch) throws -> (level: Int, splits: Bool) {
        let help = try stopwatch.output(of: Command(program, "build", "--help"))
        let level = help.firstRange(of: "(default: gzip,level=").flatMap { range in
            Int(help[range.upperBound...].prefix { $0.isNumber })
        }
        return (level ?? 6, help.contains("--split-layers"))
    }
}
