import Glibc

/// One word of a command line: as text, and byte for byte as it was typed.
struct CommandWord: Sendable {
    /// Bytes that are not UTF-8 are U+FFFD here.
    let text: String
    /// What the shell handed over.
    let bytes: [UInt8]

    /// The words of this process, the program's name not among them.
    static var all: [CommandWord] {
        let words = CommandLine.arguments
        return words.indices.dropFirst().map { index in
            let bytes = unsafe CommandLine.unsafeArgv[index].map { word in
                unsafe Array(UnsafeRawBufferPointer(start: word, count: strlen(word)))
            }
            return CommandWord(text: words[index], bytes: bytes ?? Array(words[index].utf8))
        }
    }

    /// The same word from a place in its text on, counted in characters that are ASCII.
    func dropFirst(_ count: Int) -> CommandWord {
        CommandWord(text: String(text.dropFirst(count)), bytes: Array(bytes.dropFirst(count)))
    }
}
