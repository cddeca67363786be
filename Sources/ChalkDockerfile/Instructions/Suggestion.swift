/// `; did you mean X?`, or nothing when no known word is near.
struct Suggestion: CustomStringConvertible {
    private static let farthest = 2

    /// The nearest known word, or nil when none is near.
    let word: String?
    let description: String

    init(for word: String, among known: [String], prefix: String = "") {
        self.word = Self.nearest(to: word, among: known)
        description = self.word.map { "; did you mean \(prefix)\($0)?" } ?? ""
    }

    private static func nearest(to word: String, among known: [String]) -> String? {
        var best: (word: String, distance: Int)?
        // Longer words are too far from every keyword; the cost stays small for hostile ones.
        let letters = Array(word.unicodeScalars)
        guard letters.count <= 64 else { return nil }
        for candidate in known where abs(candidate.unicodeScalars.count - letters.count) <= farthest {
            let distance = Self.distance(letters, Array(candidate.unicodeScalars))
            if distance > 0, distance <= farthest, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.word
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
