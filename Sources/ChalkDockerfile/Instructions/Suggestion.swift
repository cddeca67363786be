/// `; did you mean X?`, or nothing when no known word is near.
struct Suggestion: CustomStringConvertible {
    private static let farthest = 2

    let description: String

    init(for word: String, among known: [String], prefix: String = "") {
        var best: (word: String, distance: Int)?
        // Longer words are too far from every keyword; the cost stays small for hostile ones.
        if word.unicodeScalars.count <= 64 {
            for candidate in known {
                let distance = Self.distance(Array(word.unicodeScalars), Array(candidate.unicodeScalars))
                if distance > 0, distance <= Self.farthest, distance < best?.distance ?? .max {
                    best = (candidate, distance)
                }
            }
        }
        description = best.map { "; did you mean \(prefix)\($0.word)?" } ?? ""
    }

    /// Insertions, deletions and replacements between two words.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (index, scalar) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (scalar == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
