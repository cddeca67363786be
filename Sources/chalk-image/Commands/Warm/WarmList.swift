import ChalkImage
import ChalkOCI
import ChalkSystem

/// What `warm` is to build: the words of its command line, and the lines of `--list` files.
enum WarmList {
    private static let limit = 4 << 20

    static func specs(
        _ arguments: ParsedArguments, _ surroundings: Surroundings, _ wrong: (String) -> UsageError
    ) throws -> [WarmSpec] {
        var specs: [WarmSpec] = []
        if let file = arguments["file"] {
            guard arguments.operands.count <= 1 else {
                throw wrong("-f goes with one CONTEXT; write several into a --list FILE, a line each")
            }
            specs.append(spec(file, arguments, surroundings))
        } else {
            specs += arguments.operands.map { spec($0, arguments.with(operands: [$0]), surroundings) }
        }
        for name in arguments.all("list") {
            specs += try lines(of: name, arguments, surroundings, wrong)
        }
        return specs
    }

    /// Paths in a list are relative to it.
    private static func lines(
        of name: String, _ arguments: ParsedArguments, _ surroundings: Surroundings,
        _ wrong: (String) -> UsageError
    ) throws -> [WarmSpec] {
        let path = surroundings.absolute(name)
        let bytes =
            name == "-"
            ? try FileDescriptor.standardInput().readToEnd(limit: limit)
            : try FileSystem.read(path, limit: limit)
        let place =
            name == "-" ? surroundings : Surroundings(workingDirectory: PathText.parent(of: path))
        let syntax = CommandSyntax(
            name: "warm", summary: "", operands: "SPEC or CONTEXT", operandCount: 0...1,
            flags: BuildFlags.all)
        var specs: [WarmSpec] = []
        for (number, line) in String(decoding: bytes, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        {
            func wrongLine(_ what: String) -> UsageError { wrong("\(name):\(number + 1): \(what)") }
            guard let words = ShellWords.split(String(line)) else { throw wrongLine("a quote has no end") }
            if words.isEmpty { continue }
            let parsed: ParsedArguments
            do {
                parsed = try ParsedArguments(
                    words.map { CommandWord(text: $0, bytes: Array($0.utf8)) }, syntax: syntax)
            } catch let error as UsageError {
                throw wrongLine(error.sentence)
            }
            if parsed.operands.isEmpty, parsed["file"] == nil {
                throw wrongLine("a SPEC or CONTEXT is missing")
            }
            specs.append(
                spec(words.joined(separator: " "), arguments.followed(by: parsed), place))
        }
        return specs
    }

    private static func spec(
        _ name: String, _ arguments: ParsedArguments, _ surroundings: Surroundings
    ) -> WarmSpec {
        WarmSpec(name) {
            try BuildFlags.read(
                ContextArgument.settle(arguments, surroundings), surroundings, command: "warm")
        }
    }
}

/// Words of a line as a shell parts them: by spaces, with quotes and backslashes, up to `#`. Nothing is expanded.
enum ShellWords {
    /// The words; nil where a quote has no end.
    static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character == " " || character == "\t" {
                if let done = word { words.append(done) }
                word = nil
            } else if character == "#", word == nil {
                break
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if quote != nil || isEscaped { return nil }
        return words + (word.map { [$0] } ?? [])
    }
}
