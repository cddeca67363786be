/// Finds what a mistyped word was meant to be.
enum Spelling {
    /// The candidate within two edits of `word` that needs the fewest; nil for none.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        candidates.map { (distance(Array(word), Array($0)), $0) }
            .filter { $0.0 <= min(2, word.count / 2) }
            .min { $0.0 < $1.0 }?.1
    }

    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = left == right ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[b.count]
    }
}
