/// Words for `/bin/sh -c`.
package enum ShellQuoting {
    /// `word` so that a POSIX shell reads it back unchanged: as it is when it holds only harmless characters,
    /// else in single quotes.
    package static func quote(_ word: String) -> String {
        let harmless =
            !word.isEmpty
            && word.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "_-./:,@%+=".utf8.contains($0)
                }
            }
        if harmless { return word }
        var quoted: [UInt8] = [UInt8(ascii: "'")]
        for byte in word.utf8 {
            if byte == UInt8(ascii: "'") { quoted += Array("'\\''".utf8) } else { quoted.append(byte) }
        }
        quoted.append(UInt8(ascii: "'"))
        return String(decoding: quoted, as: UTF8.self)
    }

    /// Words with one space between them.
    package static func join(_ words: [String]) -> String {
        words.map(quote).joined(separator: " ")
    }
}
