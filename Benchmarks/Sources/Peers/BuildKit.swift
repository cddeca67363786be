import FoundationEssentials

/// `buildctl build` with a `buildkitd` of its own for each tree; memory and writes are the daemon's too.
final class BuildKit: Peer {
    let name = "BuildKit"
    let programs = ["buildctl", "buildkitd"]
    let version = Command("buildkitd", "--version")
    private var daemon: Daemon?

    func reset(_ scene: Scene, _ stopwatch: Stopwatch) throws {
        daemon = nil
        Mounts.detach(below: scene.state)
        try Files.emptyDirectory(scene.state)
        let config = "\(scene.state)/buildkitd.toml"
        try Files.write("[registry.\"\(scene.registry.name)\"]\n  http = true\n", to: config)
        let started = try Daemon(
            ["buildkitd", "--root", "\(scene.state)/root", "--addr", address(scene), "--config", config],
            log: "\(scene.state)/log")
        let answers = Pipeline(["buildctl", "--addr", address(scene), "debug", "workers"])
        try started.wait { (try? stopwatch.run(answers)) != nil }
        daemon = started
    }

    func leave() { daemon = nil }

    func work(_ operation: Operation, _ scene: Scene) throws -> Work? {
        switch operation {
        case .startup: return Work(timed: [Pipeline(["buildctl", "--version"])])
        case .cold, .unchanged, .oneFile, .append, .push, .repush:
            let pushes = operation == .push || operation == .repush
            try Files.write("FROM scratch\nCOPY . /app\n", to: "\(scene.state)/Dockerfile")
            let metadata = "\(scene.state)/metadata.json"
            let build = build(scene, context: scene.files, push: pushes, metadata: metadata)
            return Work(timed: [build], daemon: daemon) { try self.layerBytes(scene, metadata) }
        case .pull:
            guard let published = scene.published else { return nil }
            // The copy makes it unpack what it pulled.
            let context = "\(scene.state)/empty"
            try reset(scene, Stopwatch(log: "\(scene.state).log"))
            try Files.makeDirectory(context)
            try Files.write("", to: "\(context)/file")
            try Files.write(
                "FROM \(published.reference)\nCOPY file /file\n", to: "\(scene.state)/Dockerfile")
            return Work(
                timed: [
                    build(scene, context: context, push: false, metadata: "\(scene.state)/metadata.json")
                ],
                daemon: daemon)
        }
    }

    private func address(_ scene: Scene) -> String { "unix://\(scene.state)/socket" }

    private func build(_ scene: Scene, context: String, push: Bool, metadata: String) -> Pipeline {
        Pipeline([
            "buildctl", "--addr", address(scene), "build", "--progress", "plain", "--frontend",
            "dockerfile.v0",
            "--local", "context=\(context)", "--local", "dockerfile=\(scene.state)",
            "--output", "type=image,name=\(scene.repository("buildkit"))\(push ? ",push=true" : "")",
            "--metadata-file", metadata,
        ])
    }

    private struct Metadata: Decodable {
        var digest: String
        enum CodingKeys: String, CodingKey { case digest = "containerimage.digest" }
    }

    private func layerBytes(_ scene: Scene, _ metadata: String) throws -> Int {
        let digest = try JSONDecoder().decode(Metadata.self, from: Data(try Files.bytes(metadata))).digest
        let contents = try FileManager.default.contentsOfDirectory(atPath: "\(scene.state)/root")
            .map { OCILayout(path: "\(scene.state)/root/\($0)/content").blob(digest) }
        guard let manifest = contents.first(where: Files.exists) else {
            throw BenchError("no manifest \(digest) in the store of buildkitd")
        }
        return try OCILayout.layerBytes(manifest: manifest)
    }
}
