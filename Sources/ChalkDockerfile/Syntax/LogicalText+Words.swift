/// A word cut out of a logical text: its value and where it stood there.
struct CutWord {
    var text: String
    var range: Range<Int>
}

/// The three ways in which the Dockerfile language cuts a line into words.
extension LogicalText {
    /// Words between runs of blanks, no quoting. At most `limit` pieces: the last one is the uncut rest.
    func blankSeparated(_ range: Range<Int>, limit: Int = .max) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound, pieces.count < limit - 1 {
            guard scalars[index].isBlank else {
                index += 1
                continue
            }
            pieces.append(start..<index)
            while index < range.upperBound, scalars[index].isBlank { index += 1 }
            start = index
        }
        pieces.append(start..<range.upperBound)
        return pieces
    }

    /// Words between white space where quotes and the escape character protect white space. Quotes and
    /// escapes stay in the words: they are for the expansion. A lone escape character at the end is dropped.
    func quotedWords(_ range: Range<Int>, escape: Unicode.Scalar) -> [CutWord] {
        var words: [CutWord] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if scalars[index].isSpace {
                index += 1
                continue
            }
            let start = index
            var quote: Unicode.Scalar?
            var end = start
            while index < range.upperBound {
                let scalar = scalars[index]
                if quote == nil, scalar.isSpace { break }
                if scalar == escape, quote != "'" {
                    guard index + 1 < range.upperBound else {
                        index += 1
                        break
                    }
                    index += 2
                    end = index
                    continue
                }
                if let open = quote {
                    if scalar == open { quote = nil }
                } else if scalar == "'" || scalar == "\"" {
                    quote = scalar
                }
                index += 1
                end = index
            }
            if end > start { words.append(CutWord(text: string(start..<end), range: start..<end)) }
        }
        return words
    }

    /// The leading `--name` and `--name=value` words, quotes and escapes taken out, and what follows them.
    /// A bare `--` ends the flags and is dropped. Only ASCII white space separates flags.
    func leadingFlags(_ range: Range<Int>, escape: Unicode.Scalar) -> (flags: [CutWord], rest: Range<Int>) {
        var flags: [CutWord] = []
        var index = range.lowerBound
        while true {
            while index < range.upperBound, scalars[index].isASCIISpace { index += 1 }
            guard index + 1 < range.upperBound, scalars[index] == "-", scalars[index + 1] == "-" else {
                return (flags, index..<range.upperBound)
            }
            let start = index
            var value: [Unicode.Scalar] = []
            var quote: Unicode.Scalar?
            while index < range.upperBound {
                let scalar = scalars[index]
                if quote == nil, scalar.isASCIISpace { break }
                index += 1
                if scalar == quote {
                    quote = nil
                } else if quote == nil, scalar == "'" || scalar == "\"" {
                    quote = scalar
                } else if scalar == escape {
                    guard index < range.upperBound else { break }
                    value.append(scalars[index])
                    index += 1
                } else {
                    value.append(scalar)
                }
            }
            let text = String(scalars: value)
            if text == "--" { return (flags, index..<range.upperBound) }
            flags.append(CutWord(text: text, range: start..<index))
        }
    }
}
