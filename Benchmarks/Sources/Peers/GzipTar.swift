/// `gzip -d | tar x` of the layer's file: unpacking alone, without a registry, a digest or a store.
struct GzipTar: Peer {
    static let title = "gzip -d | tar x"

    let name = GzipTar.title
    let programs = ["gzip", "tar"]
    let version = Command("gzip", "--version")

    func work(_ operation: Operation, _ scene: Scene) throws -> Work? {
        guard operation == .pull, let published = scene.published else { return nil }
        let target = "\(scene.state)/unpacked"
        try Files.emptyDirectory(target)
        return Work(timed: [
            Pipeline(
                Command("gzip", "-d", "-c"), Command("tar", "-xf", "-", "-C", target), input: published.layer)
        ])
    }
}
