extension DockerfileSyntax {
    /// The whole syntax as JSON, one instruction a line, keys in a fixed order:
    ///
    /// ```
    /// {"name": "Dockerfile", "escape": "\\",
    ///  "directives": [{"name": "syntax", "value": "docker/dockerfile:1", "line": 1}],
    ///  "warnings": [{"line": 4, "message": "…"}],
    ///  "instructions": [
    ///   {"instruction": "run", "text": "RUN --network=none make",
    ///    "range": {"start": [3, 1], "end": [3, 24]},
    ///    "comments": [], "keyword": WORD, "flags": [WORD…], "form": "shell", "words": [WORD…],
    ///    "heredocs": [{"name": "EOF", "fileDescriptor": 0, "expands": true, "chomps": false,
    ///                  "content": "…"}]}]}
    /// ```
    ///
    /// A WORD is `{"text": "make", "start": [3, 20], "end": [3, 24]}`; places are 1-based lines and columns
    /// in bytes, the end is the place after. `form` is `json` for a JSON array, else `shell`. ONBUILD has
    /// `trigger` in the same form instead of words. A body that is not UTF-8 is `contentBytes`, an array of
    /// numbers.
    package var json: String {
        let heads = directives.map {
            JSONText.object([
                ("name", .string($0.name.rawValue)), ("value", .string($0.value)), ("line", .number($0.line)),
            ])
        }
        let notes = warnings.map {
            JSONText.object([("line", .number($0.line)), ("message", .string($0.message))])
        }
        let lines = instructions.map { "  " + $0.json.text }.joined(separator: ",\n")
        return """
            {"name": \(JSONText.string(name).text), "escape": \(JSONText.string(escape.rawValue).text),
             "directives": \(JSONText.array(heads).text),
             "warnings": \(JSONText.array(notes).text),
             "instructions": [
            \(lines)
             ]}

            """
    }
}

extension InstructionSyntax {
    fileprivate var json: JSONText {
        var members: [(String, JSONText)] = [
            ("instruction", .string(name)), ("text", .string(text)),
            (
                "range",
                .object([("start", .place(range.start)), ("end", .place(range.end))])
            ),
            ("comments", .array(comments.map { .string($0) })), ("keyword", .word(keyword)),
            ("flags", .array(flags.map { .word($0) })),
        ]
        if let trigger = trigger.first {
            members.append(("trigger", trigger.json))
        } else {
            members.append(("form", .string(isJSON ? "json" : "shell")))
            members.append(("words", .array(words.map { .word($0) })))
        }
        members.append(("heredocs", .array(heredocs.map(\.json))))
        return .object(members)
    }
}

extension Heredoc {
    fileprivate var json: JSONText {
        let body: (String, JSONText) =
            if let text = String(validating: content, as: UTF8.self) {
                ("content", .string(text))
            } else {
                ("contentBytes", .array(content.map { .number(Int($0)) }))
            }
        return .object([
            ("name", .string(name)), ("fileDescriptor", .number(Int(clamping: fileDescriptor))),
            ("expands", .bool(expands)), ("chomps", .bool(chomps)), body,
        ])
    }
}

/// A piece of JSON text, put together from smaller ones.
struct JSONText {
    let text: String

    static func string(_ value: String) -> JSONText {
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u00" + (digits.count < 2 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return JSONText(text: quoted + "\"")
    }

    static func number(_ value: Int) -> JSONText { JSONText(text: String(value)) }

    static func bool(_ value: Bool) -> JSONText { JSONText(text: value ? "true" : "false") }

    static func array(_ elements: [JSONText]) -> JSONText {
        JSONText(text: "[" + elements.map(\.text).joined(separator: ", ") + "]")
    }

    static func object(_ members: [(String, JSONText)]) -> JSONText {
        let pairs = members.map { "\(string($0.0).text): \($0.1.text)" }
        return JSONText(text: "{" + pairs.joined(separator: ", ") + "}")
    }

    static func place(_ position: SourcePosition) -> JSONText {
        array([number(position.line), number(position.column)])
    }

    static func word(_ word: SyntaxWord) -> JSONText {
        object([
            ("text", string(word.text)), ("start", place(word.range.start)), ("end", place(word.range.end)),
        ])
    }
}
