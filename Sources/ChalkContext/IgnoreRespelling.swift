/// How to write a pattern so that go-git and git read it alike.
package struct IgnoreRespelling: Hashable, Sendable {
    /// Where the new line goes.
    package enum Place: Hashable, Sendable {
        /// In place of the old one.
        case instead
        /// Right in front of the old one.
        case before
        /// Right after the old one.
        case after
    }

    /// Where the new line goes.
    package let place: Place
    /// The new line.
    package let text: [UInt8]

    /// The spelling that makes the verdict on `path` the same everywhere; nil where no single line does.
    ///
    /// - Parameters:
    ///   - difference: The rule that made the verdicts differ.
    ///   - source: The pattern that decided, or that git would have decided by.
    ///   - path: The entry, from the root.
    package init?(_ difference: IgnoreWarning.Difference, _ source: IgnoreRuleSource, path: [UInt8]) {
        var body = source.text[...]
        let isInclude = body.first == UInt8(ascii: "!")
        if isInclude { body.removeFirst() }
        let directoriesOnly = body.last == slash
        if directoriesOnly { body.removeLast() }
        let mark = isInclude ? [UInt8(ascii: "!")] : []
        let end = directoriesOnly ? [slash] : []
        switch difference {
        case .a:
            guard body.count > 3, body.suffix(3).elementsEqual("/**".utf8) else { return nil }
            if isInclude {
                while body.suffix(3).elementsEqual("/**".utf8) { body.removeLast(3) }
                self.init(place: .before, text: mark + IgnoreRespelling.anchored(body) + [slash])
            } else {
                self.init(place: .instead, text: mark + body.dropLast() + end)
            }
        case .b:
            let everywhere = body.contains(slash) ? [] : Array("**/".utf8)
            self.init(place: .after, text: mark + everywhere + body + Array("/**".utf8))
        case .c:
            let domain = source.file.map { $0.count { $0 == slash } } ?? 0
            let names = path.split(separator: slash).dropFirst(domain)
            let segments = body.split(separator: slash, omittingEmptySubsequences: false)
            let stars = Array("**".utf8)
            // What follows the last `**/` stays a pattern; with a `**` at its end no length is known for it.
            let tail =
                segments.last.map { $0.elementsEqual(stars) } ?? true
                ? [] : segments[((segments.lastIndex { $0.elementsEqual(stars) } ?? -1) + 1)...]
            guard tail.count <= names.count,
                let leading = IgnoreRespelling.literal(names.dropLast(tail.count))
            else { return nil }
            let parts = leading + tail.map(Array.init)
            self.init(place: .after, text: mark + parts.flatMap { [slash] + $0 } + end)
        }
    }

    private init(place: Place, text: [UInt8]) {
        self.place = place
        self.text = text
    }

    /// The pattern for the one directory that `body` means: a name alone would fit at any depth.
    private static func anchored(_ body: ArraySlice<UInt8>) -> [UInt8] {
        (body.contains(slash) ? [] : [slash]) + body
    }

    /// Names as patterns that match nothing else; nil for a name that no line of a file can hold.
    private static func literal(_ names: ArraySlice<ArraySlice<UInt8>>) -> [[UInt8]]? {
        var list: [[UInt8]] = []
        for name in names {
            if name.contains(0x0A) || name.contains(0) || name.last == 0x0D || name.last == 0x20 {
                return nil
            }
            list.append(name.flatMap { "*?[\\".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] })
        }
        return list
    }

    /// What is the matter with a pattern, and what to write.
    static func advice(
        _ difference: IgnoreWarning.Difference, _ source: IgnoreRuleSource, path: [UInt8]
    ) -> String {
        let shown = ContextError.show(source.text)
        let respelling = IgnoreRespelling(difference, source, path: path)
        let line = respelling.map { ContextError.show($0.text) }
        switch difference {
        case .a:
            let what = "\(shown) covers the directory itself"
            guard let line else { return "\(what); write it without the ** at its end" }
            return respelling?.place == .before
                ? "\(what); write \(line) before it" : "\(what); write \(line)"
        case .b:
            return
                "\(shown) answers for everything below the directory; write \(line ?? "it with /**") after it to "
                + "keep all of that everywhere, or repeat after it what is to stay out"
        case .c:
            return
                "\(shown) takes the first directory that fits and tries no other; write "
                + (line.map { "\($0) after it" } ?? "out the leading directories")
        }
    }
}

private let slash = UInt8(ascii: "/")
