/// `umoci insert` into an OCI layout; skopeo carries it to and from registries.
struct Umoci: Peer {
    static let title = "umoci, skopeo"

    let name = Umoci.title
    let programs = ["umoci", "skopeo"]
    let version = Command("umoci", "--version")

    func work(_ operation: Operation, _ scene: Scene) -> Work? {
        let layout = "\(scene.state)/layout"
        let image = "\(layout):bench"
        let repository = scene.repository("umoci")
        let copy = ["skopeo", "--insecure-policy", "copy", "--quiet"]
        switch operation {
        case .startup: return Work(timed: [Pipeline(version)])
        case .cold:
            return Work(
                before: [
                    Pipeline(["umoci", "init", "--layout", layout]),
                    Pipeline(["umoci", "new", "--image", image]),
                ],
                timed: [Pipeline(["umoci", "insert", "--image", image, scene.files, "/app"])]
            ) { try OCILayout(path: layout).layerBytes("bench") }
        case .push, .repush:
            let push = copy + ["--dest-tls-verify=false", "oci:\(image)", "docker://\(repository)"]
            return Work(timed: [Pipeline(push)]) { try scene.registry.layerBytes(repository) }
        case .pull:
            guard let published = scene.published else { return nil }
            let pulled = "\(scene.state)/pulled"
            let bundle = "\(scene.state)/bundle"
            return Work(
                before: [Pipeline(["rm", "-rf", pulled, bundle])],
                timed: [
                    Pipeline(
                        copy + [
                            "--src-tls-verify=false", "docker://\(published.reference)",
                            "oci:\(pulled):bench",
                        ]),
                    Pipeline(["umoci", "unpack", "--image", "\(pulled):bench", bundle]),
                ])
        case .unchanged, .oneFile, .append: return nil
        }
    }
}
