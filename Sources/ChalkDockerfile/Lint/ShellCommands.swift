/// The simple commands in the text of a RUN, cut well enough to recognise programs and their arguments.
///
/// This is no shell: quotes only come off, and what a command substitution runs counts as part of its line.
struct ShellCommands {
    /// Words of each command, without leading `NAME=value` and `sudo`.
    let commands: [[String]]

    init(_ run: RunInstruction) {
        switch run.step {
        case .shell(let text): commands = Self.cut(text)
        case .script(_, let contents): commands = Self.cut(contents)
        case .exec(let words):
            // A shell called by name is a shell.
            let isShell =
                words.count > 2 && words[0].hasSuffix("sh") && words[1].hasPrefix("-")
                && words[1].hasSuffix("c")
            commands = isShell ? Self.cut(words[2]) : [words]
        }
    }

    private static func cut(_ text: String) -> [[String]] {
        var commands: [[String]] = []
        var words: [String] = []
        var word = String.UnicodeScalarView()
        func endWord() {
            if !word.isEmpty { words.append(String(word)) }
            word = String.UnicodeScalarView()
        }
        func endCommand() {
            endWord()
            while let first = words.first, isPrefix(first) { words.removeFirst() }
            if !words.isEmpty { commands.append(words) }
            words = []
        }
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                isEscaped = false
                if scalar != "\n" { word.append(scalar) }
                continue
            }
            switch scalar {
            case "\\": isEscaped = true
            case "\n", ";", "&", "|", "(", ")", "{", "}": endCommand()
            case "'", "\"", "`": break
            case _ where scalar.isSpace: endWord()
            default: word.append(scalar)
            }
        }
        endCommand()
        return commands
    }

    /// What stands before a program's name without being it.
    private static func isPrefix(_ word: String) -> Bool {
        if ["sudo", "exec", "command", "env", "time", "if", "then", "else", "do", "!", "nice"].contains(word)
        {
            return true
        }
        guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { return false }
        return word[..<equals].utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
    }
}

extension [String] {
    /// The name of the program, without its directory.
    var program: String { first?.split(separator: "/").last.map(String.init) ?? "" }

    /// The words after the program that are no options.
    var plainOperands: [String] { dropFirst().filter { !$0.hasPrefix("-") } }
}
