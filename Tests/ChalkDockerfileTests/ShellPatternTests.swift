import ChalkTestSupport
import Testing

@testable import ChalkDockerfile

/// Against a matcher that is too simple to be wrong.
@Suite struct ShellPatternTests {
    private func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ value: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return value.isEmpty }
        if first == "*" {
            if matches(pattern.dropFirst(), value) { return true }
            guard let next = value.first, next != "\n" else { return false }
            return matches(pattern, value.dropFirst())
        }
        guard let next = value.first, first == "?" ? next != "\n" : next == first else { return false }
        return matches(pattern.dropFirst(), value.dropFirst())
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func trimming(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            let pattern = (0..<random.below(6)).map { _ in
                random.pick(["*", "*", "?", "a", "b"] as [Unicode.Scalar])
            }
            let value = (0..<random.below(9)).map { _ in
                random.pick(["a", "a", "b", "c"] as [Unicode.Scalar])
            }
            let compiled = try ShellPattern(pattern)
            let prefixes = (0...value.count).filter { matches(pattern[...], value[..<$0]) }
            let suffixes = (0...value.count).filter { matches(pattern[...], value[$0...]) }
            let label = Comment(
                rawValue: "seed \(seed): \(String(scalars: pattern)) on \(String(scalars: value))")
            #expect(
                compiled.removingPrefix(of: value, isGreedy: false) == Array(value[(prefixes.first ?? 0)...]),
                label)
            #expect(
                compiled.removingPrefix(of: value, isGreedy: true) == Array(value[(prefixes.last ?? 0)...]),
                label)
            #expect(
                compiled.removingSuffix(of: value, isGreedy: false)
                    == Array(value[..<(suffixes.last ?? value.count)]), label)
            #expect(
                compiled.removingSuffix(of: value, isGreedy: true)
                    == Array(value[..<(suffixes.first ?? value.count)]), label)
        }
    }

    /// Over lines only that something matches, and what, is compared: a star does not cross a line feed.
    @Test(arguments: [21, 22] as [UInt64])
    func lines(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            let pattern = (0..<random.below(6)).map { _ in
                random.pick(["*", "?", "a", "\n"] as [Unicode.Scalar])
            }
            let value = (0..<random.below(9)).map { _ in random.pick(["a", "b", "\n"] as [Unicode.Scalar]) }
            let compiled = try ShellPattern(pattern)
            let prefixes = (0...value.count).filter { matches(pattern[...], value[..<$0]) }
            let label = Comment(
                rawValue: "seed \(seed): \(String(scalars: pattern)) on \(String(scalars: value))")
            let short = value.count - compiled.removingPrefix(of: value, isGreedy: false).count
            let long = value.count - compiled.removingPrefix(of: value, isGreedy: true).count
            #expect(short == prefixes.first ?? 0, label)
            #expect(prefixes.isEmpty ? long == 0 : prefixes.contains(long), label)
        }
    }
}
