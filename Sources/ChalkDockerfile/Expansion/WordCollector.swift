/// Splits what it is given into words; raw pieces never split.
struct WordCollector {
    private var words: [String] = []
    private var current: [Unicode.Scalar] = []

    mutating func add(_ scalars: [Unicode.Scalar]) {
        for scalar in scalars {
            if scalar.isSpace { flush() } else { current.append(scalar) }
        }
    }

    mutating func addRaw(_ scalars: [Unicode.Scalar]) {
        current += scalars
    }

    mutating func finish() -> [String] {
        flush()
        return words
    }

    private mutating func flush() {
        if current.isEmpty { return }
        words.append(String(scalars: current))
        current = []
    }
}
