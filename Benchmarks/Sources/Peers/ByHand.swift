/// What the smallest image needs at the least, by the tools that everybody has.
struct ByHand: Peer {
    static let title = "tar, gzip, sha256sum"

    let name = ByHand.title
    let programs = ["sh", "tar", "gzip", "sha256sum"]
    let version = Command("tar", "--version")

    func work(_ operation: Operation, _ scene: Scene) -> Work? {
        guard scene.tree.name == Tree.tiny.name, operation == .cold || operation == .unchanged else {
            return nil
        }
        let script = """
            tar -cf "$1/layer" -C "$2" . && gzip -n -k -f "$1/layer" &&
            sha256sum "$1/layer" "$1/layer.gz" >/dev/null
            """
        return Work(timed: [Pipeline(["sh", "-c", script, "sh", scene.state, scene.files])]) {
            try Files.size("\(scene.state)/layer.gz")
        }
    }
}
