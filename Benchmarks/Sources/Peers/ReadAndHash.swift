/// Reading every byte and hashing it once: no layer of which one byte changed can be named for less.
struct ReadAndHash: Peer {
    static let title = "openssl sha256"

    let name = ReadAndHash.title
    let programs = ["openssl", "cat"]
    let version = Command("openssl", "version")

    func work(_ operation: Operation, _ scene: Scene) throws -> Work? {
        guard operation == .append else { return nil }
        let files = try Files.below(scene.files).map { "\(scene.files)/\($0)" }
        return Work(timed: [Pipeline(Command(["cat"] + files), Command("openssl", "dgst", "-sha256"))])
    }
}
