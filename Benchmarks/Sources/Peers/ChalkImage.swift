/// This project's command.
struct ChalkImage: Peer {
    enum Compression: String { case gzip, zstd }

    let program: String
    let compression: Compression
    /// Whether each directory becomes one layer, however large.
    let isWhole: Bool

    init(program: String, _ compression: Compression, isWhole: Bool = false) {
        self.program = program
        self.compression = compression
        self.isWhole = isWhole
    }

    static func title(_ compression: Compression, isWhole: Bool = false) -> String {
        "chalk-image \(compression.rawValue)\(isWhole ? ", one layer" : "")"
    }

    var name: String { ChalkImage.title(compression, isWhole: isWhole) }
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
            if isWhole { build.append("--no-split-layers") }
            return Work(timed: [Pipeline(build)]) {
                try OCILayout(path: "\(scene.state)/store").layerBytes("/bench:latest")
            }
        case .push, .repush:
            if compression != .gzip || isWhole { return nil }
            let push = [program, "push", "bench", repository, "--progress", "quiet"] + store
            return Work(timed: [Pipeline(push)]) { try scene.registry.layerBytes(repository) }
        case .pull:
            guard compression == .gzip, !isWhole, let published = scene.published else { return nil }
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

    /// The level that gzip layers have when nobody says one, from the help.
    static func level(_ program: String, _ stopwatch: Stopwatch) throws -> Int {
        let help = try stopwatch.output(of: Command(program, "build", "--help"))
        let level = help.firstRange(of: "(default: gzip,level=").flatMap { range in
            Int(help[range.upperBound...].prefix { $0.isNumber })
        }
        return level ?? 6
    }
}
