/// A program, or several, that is measured beside the others; one file each.
protocol Peer {
    /// What tables call it.
    var name: String { get }
    /// Programs that must be on PATH.
    var programs: [String] { get }
    /// Prints its version.
    var version: Command { get }
    /// What it runs for an operation; nil when it has nothing of the kind.
    func work(_ operation: Operation, _ scene: Scene) throws -> Work?
    /// Makes it as if it had never been used on this tree: the state directory becomes empty.
    func reset(_ scene: Scene, _ stopwatch: Stopwatch) throws
    /// Ends what it has running, before the tree goes.
    func leave()
}

extension Peer {
    func leave() {}

    func reset(_ scene: Scene, _ stopwatch: Stopwatch) throws {
        Mounts.detach(below: scene.state)
        try Files.emptyDirectory(scene.state)
    }
}

/// Everybody, in the order of the tables.
struct Peers {
    let all: [any Peer]

    /// - Parameters:
    ///   - chalk: the path of `chalk-image`.
    ///   - level: its default level of gzip, at which `pigz` and `gzip` are asked to work too.
    init(chalk: String, level: Int) {
        var all: [any Peer] = [
            ChalkImage(program: chalk, .gzip), ChalkImage(program: chalk, .zstd),
            ChalkImage(program: chalk, .gzip, isWhole: true),
        ]
        all += [Umoci(), Crane(), Buildah(), BuildKit(), Kaniko()]
        all += Set([1, level, 6]).sorted().map { TarPipe("pigz", level: $0) }
        all += [TarPipe("gzip", level: level), TarPipe("zstd", level: 3)]
        all += [GitStatus(), ReadAndHash(), GzipTar(), ByHand(), StaticProgram()]
        self.all = all
    }
}
