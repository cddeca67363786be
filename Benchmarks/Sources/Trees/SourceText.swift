/// Text that compresses as source code does: few words often, many seldom, lines of few shapes, names that come back.
struct SourceText {
    private let words: [[UInt8]]

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let syllables = "re con de in ter pro com sta ver ma na ti la ro se ca lo mi to ex str get set ob ar"
            .split(
                separator: " ")
        words = (0..<6_000).map { _ in
            var word: [UInt8] = []
            for _ in 0...(1 + generator.below(3)) {
                word += Array(syllables[generator.below(syllables.count)].utf8)
            }
            return word
        }
    }

    /// A word, common ones more often.
    func word(_ generator: inout SeededGenerator) -> [UInt8] { words[generator.skewed(words.count)] }

    /// Lines of code until there are at least `count` bytes.
    func lines(about count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        // The names of this file: most of what it says is about them.
        let names = (0..<(6 + count / 600)).map { _ in
            word(&generator) + Array("_".utf8) + words[generator.below(words.count)]
        }
        var text: [UInt8] = []
        text.reserveCapacity(count + 200)
        while text.count < count { text += line(names, &generator) }
        return text
    }

    /// Words in sentences until there are at least `count` bytes.
    func prose(about count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(count + 200)
        while text.count < count {
            for _ in 0...(6 + generator.below(10)) { text += word(&generator) + [0x20] }
            text += Array(".\n".utf8)
        }
        return text
    }

    private func line(_ names: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
        let shape = SourceText.shapes[generator.skewed(SourceText.shapes.count)]
        var line: [UInt8] = []
        for byte in shape {
            switch byte {
            case UInt8(ascii: "$"): line += names[generator.skewed(names.count)]
            case UInt8(ascii: "%"): line += word(&generator)
            case UInt8(ascii: "#"): line += Array(String(generator.skewed(10_000)).utf8)
            default: line.append(byte)
            }
        }
        line.append(0x0A)
        return line
    }

    // $ is a name of the file, % any word, # a number.
    private static let shapes: [[UInt8]] = [
        "    $.$ = $($, $);", "  if ($ === $.%) {", "    return $.$(%);", "  }",
        "  const $ = require('./%');",
        "  // % % % % %", "exports.$ = function ($, %) {", "};", "  for (let $ = 0; $ < $.length; $++) {",
        "    throw new Error('% % % %: ' + $);", "  $.push({ %: $, %: '%' });", "   * @param {%} $ % % %",
        "  case '%': return #;", "  let $ = $[#] || '% %';", "  while ($.% < #) $ += $.%(#);",
    ].map { Array($0.utf8) }
}
