extension Tree {
    /// Four small files: what is left is the cost of being there at all.
    static let tiny = Tree(
        name: "tiny", title: "4 files of 2 KB",
        operations: [.startup, .cold, .unchanged], repeats: 20,
        changing: "a"
    ) { directory, _ in
        for (number, name) in ["a", "b", "c", "d"].enumerated() {
            var generator = SeededGenerator(seed: Tree.seed, member: number)
            try Files.write(generator.noise(2_000), to: "\(directory)/\(name)")
        }
    }
}
