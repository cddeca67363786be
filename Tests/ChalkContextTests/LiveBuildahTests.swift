import ChalkContext
import ChalkSystem
import ChalkTestSupport
import Testing

/// Profile `docker` against the buildah that is installed: what `COPY . /` puts into an image.
///
/// BuildKit is the measure, and buildah (1.28) differs from it in what follows, so the random cases keep to patterns that
/// ignore first and then to exceptions that name files:
/// - An exception that names a directory counts for all below it in buildah, whatever kept the directory. In BuildKit it
///   counts only where it turned the directory's own verdict.
/// - A pattern after an exception, met by a directory that is ignored already, ignores again in buildah what is below. In
///   BuildKit it was not asked about the directory and does not count for what is below.
/// - An exception with wildcards keeps nothing in buildah below a directory that is ignored.
///
/// `CHALK_BUILDAH_CASES` and `CHALK_SEED` make longer and other runs.
@Suite struct LiveBuildahTests {
    private static let cases = setting("CHALK_BUILDAH_CASES") ?? 30
    /// Cases that share a context, each below a directory of its own.
    private static let batch = 20
    private static let names = [
        "a", "b", "c", "foo", "bar", "a.x", "b.x", "a.y", ".x", "ab", "abc", "x-y", "keep", "foo.bar", "A",
    ]

    @Test(arguments: 0..<((cases + batch - 1) / batch)) func sameFiles(batch: Int) throws {
        let seed = testSeed &+ UInt64(batch)
        var random = SeededGenerator(seed: seed)
        let tree = try Tree()
        var lines: [String] = []
        for index in 0..<LiveBuildahTests.batch {
            lines += try LiveBuildahTests.layOutCase(in: tree, below: "context/t\(index)", &random)
        }
        let text = lines.joined(separator: "\n")
        try tree.file("context/.dockerignore", text)
        try tree.file("Dockerfile", "FROM scratch\nCOPY . /\n")
        let mine = try ContextWalker(
            options: .init(
                profile: .docker,
                dockerignore: IgnoreFile(bytes(text), path: bytes(".dockerignore"), profile: .docker))
        ).collect(tree.root.open("context", [.readOnly, .directory])).entries
        try BuiltCommand.check(
            [
                "buildah", "--storage-driver", "vfs", "--root", "\(tree.path)/storage", "--runroot",
                "\(tree.path)/run", "bud", "-q", "-f", "Dockerfile", "--output", "type=tar,dest=image.tar",
                "context",
            ], in: tree.path)
        let listing = try BuiltCommand.check(["tar", "-tf", "image.tar"], in: tree.path).output
        let theirs = Set(listing.split(separator: "\n").map { $0.hasSuffix("/") ? $0.dropLast() : $0 })
        let differences = theirs.symmetricDifference(mine.map { ChalkContextTests.text($0.path)[...] })
            .sorted()
        #expect(differences == [], "seed \(seed): \(text)")
    }

    /// Makes a tree and returns the lines about it.
    private static func layOutCase(
        in tree: borrowing Tree, below prefix: String, _ random: inout SeededGenerator
    ) throws -> [String] {
        var paths: [String] = []
        var files: [String] = []
        func grow(_ prefix: String, _ depth: Int) {
            for name in Set((0..<random.number(2...4)).map { _ in random.pick(names) }).sorted() {
                let path = prefix.isEmpty ? name : prefix + "/" + name
                paths.append(path)
                if depth < 3 && random.chance(50 - 10 * depth) {
                    grow(path, depth + 1)
                } else {
                    files.append(path)
                }
            }
        }
        grow("", 0)
        for file in files { try tree.file("\(prefix)/\(file)") }
        let top = prefix.drop { $0 != "/" }.dropFirst()
        var lines: [String] = []
        for _ in 0..<random.number(1...4) {
            lines.append(
                random.pick(["", "", "", "/", "./"]) + top + "/" + pattern(random.pick(paths), &random))
        }
        for _ in 0..<random.number(0...2) { lines.append("!\(top)/\(random.pick(files))") }
        if random.chance(20) { lines.insert(random.pick(["", "# \(top)", "  "]), at: 0) }
        return lines
    }

    private static func pattern(_ path: String, _ random: inout SeededGenerator) -> String {
        var parts = path.split(separator: "/").map(String.init)
        for index in parts.indices {
            switch random.number(0...11) {
            case 0, 1: parts[index] = "*"
            case 2: parts[index] = "**"
            case 3: parts[index] = parts[index].prefix(1) + "*"
            case 4: parts[index] = "*" + parts[index].suffix(1)
            case 5: parts[index] = "[" + parts[index].prefix(1) + "z]" + parts[index].dropFirst()
            case 6: parts[index] = String(repeating: "?", count: parts[index].count)
            default: break
            }
        }
        if random.chance(20) { parts.insert("**", at: 0) }
        if random.chance(20) { parts.append(random.pick(["*", "**"])) }
        return parts.joined(separator: "/") + (random.chance(10) ? "/" : "")
    }
}
