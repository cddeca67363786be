import Glibc

/// Measures everything: on each tree, in each round, each operation, all peers in turn.
struct Runner {
    let settings: Settings
    private let stopwatch: Stopwatch
    private let peers: [any Peer]
    private var results: Results

    init(_ settings: Settings) throws {
        self.settings = settings
        // Of a run that was killed.
        Mounts.detach(below: settings.work)
        try Files.emptyDirectory(settings.work)
        stopwatch = Stopwatch(log: "\(settings.work)/log")
        guard Environment.find(settings.chalk) != nil else {
            throw BenchError("there is no \(settings.chalk): `make release` builds it")
        }
        let level = try ChalkImage.level(settings.chalk, stopwatch)
        results = Results(
            machine: .current(work: settings.work), scale: settings.scale, rounds: settings.rounds,
            level: level)
        let wanted = Peers(chalk: settings.chalk, level: level).all
            .filter { settings.peers.isEmpty || settings.peers.contains(where: $0.name.contains) }
        peers = wanted.filter { $0.programs.allSatisfy { Environment.find($0) != nil } }
        results.missing = wanted.map(\.name).filter { name in !peers.contains { $0.name == name } }
        for peer in peers {
            let said = (try? stopwatch.output(of: peer.version)) ?? ""
            let line = said.split(separator: "\n").first.map(String.init) ?? "its version is unknown"
            results.versions.append(.init(peer: peer.name, text: line))
        }
    }

    /// Runs it all and writes results, report and chart after each tree. The work directory is gone afterwards.
    mutating func run() throws -> Results {
        for name in results.missing { Progress.say("\(name): not on PATH, not measured") }
        for tree in settings.trees {
            try measure(tree)
            results.floor = max(results.floor, ProcessCounters.peak(getpid()) ?? 0)
            // What is known is kept, whatever happens to the rest.
            try Publication.write(results, to: settings.output)
        }
        try Files.remove(settings.work)
        return results
    }

    private mutating func measure(_ tree: Tree) throws {
        let directory = "\(settings.work)/\(tree.name)"
        let files = "\(directory)/tree"
        Progress.say("\(tree.name): making \(tree.title), scale \(Figures.short(settings.scale))")
        try make(tree, files)

        let registry = try Registry(in: "\(directory)/registry")
        let published =
            tree.operations.contains(.pull)
            ? try PublishedImage(of: files, in: directory, to: registry, chalk: settings.chalk, stopwatch)
            : nil
        var scenes = peers.indices.map { index in
            Scene(
                tree: tree, files: files, state: "\(directory)/peer\(index)", round: 0, level: results.level,
                registry: registry, published: published)
        }
        for scene in scenes { try Files.emptyDirectory(scene.state) }
        var measured = Set(peers.indices)
        for round in 1...settings.rounds {
            for turn in 1...tree.repeats {
                let edition = (round - 1) * tree.repeats + turn
                for index in scenes.indices { scenes[index].round = edition }
                for operation in tree.operations where settings.operations.contains(operation) {
                    try tree.edit(files, for: operation, round: edition)
                    for index in peers.indices where measured.contains(index) {
                        if !measure(peers[index], operation, scenes[index], round) { measured.remove(index) }
                    }
                }
                let slow = slowPeers(tree)
                measured = measured.filter { !slow.contains(peers[$0].name) }
            }
        }
        for peer in peers { peer.leave() }
        Mounts.detach(below: directory)
        try Files.remove(directory)
    }

    /// Who takes so long for something that once is enough: the figure stands, and people are waiting.
    private func slowPeers(_ tree: Tree) -> Set<String> {
        let most = settings.patience / Double(tree.repeats)
        return Set(
            results.samples.filter {
                $0.tree == tree.name && $0.wall > most && !$0.peer.hasPrefix("chalk-image")
            }
            .map(\.peer))
    }

    /// One measurement; false when the peer could not do it.
    private mutating func measure(_ peer: any Peer, _ operation: Operation, _ scene: Scene, _ round: Int)
        -> Bool
    {
        do {
            // A peer that builds nothing keeps what it has made ready.
            guard try peer.work(operation, scene) != nil else { return true }
            if operation == .cold { try peer.reset(scene, stopwatch) }
            guard let work = try peer.work(operation, scene) else { return true }
            for pipeline in work.before { try stopwatch.run(pipeline) }
            if operation == .startup {
                // Once for the processor's caches, which the peer before has left full of its own.
                for pipeline in work.timed { try stopwatch.run(pipeline) }
            } else {
                // Nobody pays for what another has left to be written.
                sync()
            }
            work.daemon?.mark()
            var (wall, cost) = try stopwatch.time(work.timed)
            if let daemon = work.daemon { cost = cost.beside(daemon.cost) }
            let sample = Results.Sample(
                tree: scene.tree.name, operation: operation, peer: peer.name, round: round, wall: wall,
                cost: cost, blob: try work.blob?())
            results.samples.append(sample)
            if scene.tree.repeats == 1 { Progress.say("\(scene.tree.name) \(scene.round), \(sample.line)") }
            return true
        } catch {
            let failure = Results.Failure(
                tree: scene.tree.name, operation: operation, peer: peer.name, reason: "\(error)")
            results.failures.append(failure)
            Progress.say(
                "\(scene.tree.name) \(scene.round), \(operation.title): \(peer.name) failed: \(error)")
            return false
        }
    }

    /// Has a tree written by a process of its own, so that this one stays small, and counts it.
    private mutating func make(_ tree: Tree, _ files: String) throws {
        let command = Command("/proc/self/exe", "tree", tree.name, files, "--scale", "\(settings.scale)")
        let counts = try stopwatch.output(of: command).split(separator: " ").compactMap {
            Int($0.filter(\.isNumber))
        }
        guard counts.count == 2 else { throw BenchError("the tree \(tree.name) was not counted") }
        results.trees.append(.init(name: tree.name, title: tree.title, files: counts[0], bytes: counts[1]))
    }
}

extension Results.Sample {
    fileprivate var line: String {
        var line =
            "\(operation.title): \(peer) \(Figures.seconds(wall)), peak \(Figures.megabytes(Double(cost.peak))) MB"
        if let written = cost.written { line += ", written \(Figures.megabytes(Double(written))) MB" }
        if let blob { line += ", blob \(Figures.megabytes(Double(blob))) MB" }
        return line
    }
}
