/// `buildah bud --layers`, with a storage of its own. What it builds lies there unpacked; a push compresses it.
struct Buildah: Peer {
    static let title = "buildah"

    let name = Buildah.title
    let programs = ["buildah"]
    let version = Command("buildah", "--version")

    func work(_ operation: Operation, _ scene: Scene) throws -> Work? {
        let repository = scene.repository("buildah")
        switch operation {
        case .startup: return Work(timed: [Pipeline(version)])
        case .cold, .unchanged, .oneFile, .append:
            let file = "\(scene.state)/Containerfile"
            try Files.write("FROM scratch\nCOPY . /app\n", to: file)
            return Work(timed: [
                buildah(
                    scene, "root",
                    ["bud", "--quiet", "--layers", "--tag", "bench", "--file", file, scene.files])
            ])
        case .push, .repush:
            let push = ["push", "--quiet", "--tls-verify=false", "bench", "docker://\(repository)"]
            return Work(timed: [buildah(scene, "root", push)]) { try scene.registry.layerBytes(repository) }
        case .pull:
            guard let published = scene.published else { return nil }
            let pull = ["pull", "--quiet", "--tls-verify=false", "docker://\(published.reference)"]
            return Work(
                before: [buildah(scene, "pulled", ["rmi", "--all", "--force"])],
                timed: [buildah(scene, "pulled", pull)])
        }
    }

    private func buildah(_ scene: Scene, _ root: String, _ words: [String]) -> Pipeline {
        Pipeline(
            ["buildah", "--root", "\(scene.state)/\(root)", "--runroot", "\(scene.state)/\(root)-run"] + words
        )
    }
}
