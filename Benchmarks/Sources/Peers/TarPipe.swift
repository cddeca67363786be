/// `tar` and a compressor: what a layer costs at the least, without hashing, storing or naming it.
struct TarPipe: Peer {
    let compressor: String
    let level: Int

    init(_ compressor: String, level: Int) {
        self.compressor = compressor
        self.level = level
    }

    static func title(_ compressor: String, _ level: Int) -> String { "tar | \(compressor) -\(level)" }

    var name: String { TarPipe.title(compressor, level) }
    var programs: [String] { ["tar", compressor] }
    var version: Command { Command(compressor, "--version") }

    func work(_ operation: Operation, _ scene: Scene) -> Work? {
        // One core on 2 GB takes minutes and says nothing that pigz does not.
        guard operation == .cold, scene.tree.name != Tree.tiny.name else { return nil }
        if compressor == "gzip", scene.tree.name == Tree.large.name { return nil }
        let layer = "\(scene.state)/layer"
        return Work(timed: [
            Pipeline(
                Command("tar", "--sort=name", "-cf", "-", "-C", scene.files, "."),
                Command([compressor, "-\(level)"] + threads + ["-c"]), output: layer)
        ]) { try Files.size(layer) }
    }

    /// As many as the machine has cores.
    private var threads: [String] {
        switch compressor {
        case "pigz": ["-p", "\(Machine.cores)"]
        case "zstd": ["-T\(Machine.cores)"]
        default: []
        }
    }
}
