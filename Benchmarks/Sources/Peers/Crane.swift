/// `crane append` of a tar that `tar` makes first.
struct Crane: Peer {
    let name = "crane"
    let programs = ["crane"]
    let version = Command("crane", "version")

    func work(_ operation: Operation, _ scene: Scene) throws -> Work? {
        let image = "\(scene.state)/image.tar"
        let repository = scene.repository("crane")
        switch operation {
        case .startup: return Work(timed: [Pipeline(version)])
        case .cold:
            let layer = "\(scene.state)/layer.tar"
            return Work(timed: [
                Pipeline(["tar", "--sort=name", "-cf", layer, "-C", scene.files, "."]),
                Pipeline(["crane", "append", "--new_layer", layer, "--new_tag", "bench", "--output", image]),
            ]) { try Files.size(image) }  // An archive of that one layer and two short documents.
        case .push, .repush:
            let push = ["crane", "push", "--insecure", image, repository]
            return Work(timed: [Pipeline(push)]) { try scene.registry.layerBytes(repository) }
        case .pull:
            guard let published = scene.published else { return nil }
            let target = "\(scene.state)/unpacked"
            try Files.emptyDirectory(target)
            return Work(timed: [
                Pipeline(
                    Command("crane", "export", "--insecure", published.reference, "-"),
                    Command("tar", "-xf", "-", "-C", target))
            ])
        case .unchanged, .oneFile, .append: return nil
        }
    }
}
