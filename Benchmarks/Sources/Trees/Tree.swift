/// A directory that images are made of, the same at every place for the same seed and scale.
struct Tree: Sendable {
    /// What flags and results call it.
    let name: String
    /// What it is, for people, at full scale.
    let title: String
    /// What is measured on it, in this order in every round.
    let operations: [Operation]
    /// How often each round measures everything: what takes milliseconds needs more than once to say something.
    var repeats = 1
    /// The file of 4 KB that "one file changed" rewrites.
    let changing: String
    /// The large file that "one byte appended" makes longer.
    var growing = ""
    /// Writes it into an empty directory. The number is the scale, 1 being full.
    let write: @Sendable (_ directory: String, _ scale: Double) throws -> Void

    /// All of them.
    static let all = [small, large, python, tiny]
    /// One for everybody: figures are compared between machines.
    static let seed: UInt64 = 4

    /// Changes the tree as an operation asks. The edits of two rounds differ.
    func edit(_ directory: String, for operation: Operation, round: Int) throws {
        switch operation {
        case .oneFile:
            var generator = SeededGenerator(seed: Tree.seed, member: -10_000 - round)
            let text = SourceText(seed: Tree.seed).lines(about: 4_096, &generator)
            try Files.write(Array(text.prefix(4_096)), to: "\(directory)/\(changing)")
        case .append:
            try OutputFile.appending("\(directory)/\(growing)").write([UInt8(truncatingIfNeeded: round)])
        default: break
        }
    }
}
