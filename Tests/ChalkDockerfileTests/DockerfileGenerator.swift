import ChalkTestSupport

/// Makes texts that look like Dockerfiles and try the corners of the parser.
struct DockerfileGenerator {
    private var random: SeededGenerator
    private var escape = "\\"

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let keywords = [
        "FROM", "ARG", "RUN", "RUN", "RUN", "COPY", "COPY", "ADD", "ENV", "ENV", "LABEL", "EXPOSE", "VOLUME",
        "USER",
        "WORKDIR", "STOPSIGNAL", "HEALTHCHECK", "SHELL", "ENTRYPOINT", "CMD", "ONBUILD", "ONBUILD",
        "MAINTAINER",
        "from", "run", "Env", "NONSENSE", "R\u{E9}N",
    ]
    private static let pieces = [
        "a", "b=c", "a=b", "=x", "k=", "-- ", "- ", "--x ", "\"q r\"", "'s t'", "x\"y z\"w", "it's", "\"open",
        "$v", "${v}",
        "${v:-d}", "${v:+a b}", "${", "a/b", "/x", "#", "# c", "1<2", "<<<w", "&&", ";", "é", "\u{A0}",
        "\u{2003}", "[", "=", "a=\"b c\" d='e f'", "\t", "\u{0B}", "\u{0C}", "\r", "NONE", "CMD", "cmd", "AS",
        "", "(", "\u{1F389}", "\u{85}x", "0",
    ]
    private static let arrays = [
        #"["a","b"]"#, #"[ "a" , "b c" ]"#, #"[]"#, #"["a",]"#, #"["a""#, #"["\u0041\n\"",""]"#,
        #"["\ud83d\ude00"]"#,
        #"["\ud83d"]"#, #"['a']"#, #"[a]"#, #"["\x"]"#, #"["a" "b"]"#, #"[{"a":[1,true,null,"x"]"#,
        #"[,"a"]"#, #"[1e999]"#,
    ]
    private static let otherArrays = [
        #"[1]"#, #"["a",null]"#, #"[["a"]]"#, #"[{"a":[1,true,"x"]}]"#, #"[-1.5e3, false]"#,
    ]
    private static let delimiters = [
        "EOF", "'EOF'", "\"E F\"", "E\"O\"F", "E\\OF", "x.txt", "$v", "${v}", "''", "E'O F'",
    ]

    mutating func text() -> [UInt8] {
        escape = "\\"
        var text = ""
        if random.below(12) == 0 { text += "\u{FEFF}" }
        if random.below(4) == 0 { text += directives() }
        for _ in 0..<random.below(6) + (random.below(20) == 0 ? 0 : 1) { text += line() }
        if random.below(5) == 0 { text = text.replacing("\n", with: "\r\n") }
        if random.below(4) == 0, text.hasSuffix("\n") { text.removeLast() }
        return Array(text.utf8)
    }

    private mutating func directives() -> String {
        var text = ""
        for _ in 0...random.below(3) {
            let choice = random.below(9)
            switch choice {
            case 0, 1:
                text += random.pick(["# escape=`\n", "#escape = ` \n", "  # EsCaPe=`\n"])
                escape = "`"
            case 2: text += "# syntax=docker/dockerfile:1\n"
            case 3: text += "# escape=\\\n"
            case 4: text += random.pick(["# escape=x\n", "# escape= \n", "# escape=``\n", "#escape=\n"])
            case 5: text += "# other=1\n"
            case 6: text += "#\n"
            case 7: text += "\n"
            default: text += "# plain\n"
            }
        }
        return text
    }

    private mutating func line() -> String {
        switch random.below(12) {
        case 0: return random.pick(["\n", "  \n", "\t\n", "\u{A0}\n"])
        case 1: return random.pick(["# comment\n", "  # x\n", "#\n", "# y \\\n", "\t#z\n"])
        case 2: return random.pick(["\\\n", "\\", "`\n", " \\ \n"])
        default: return instruction()
        }
    }

    private mutating func instruction() -> String {
        let keyword = random.pick(Self.keywords)
        var text =
            random.pick(["", "", "", " ", "\t"]) + keyword + random.pick([" ", " ", "  ", "\t", "\u{0B}"])
        if keyword == "ONBUILD", random.below(4) != 0 { text += random.pick(Self.keywords) + " " }
        // The parsed flags differ between releases where escapes are in them: only where the escape is the
        // default.
        for _ in 0..<(random.below(4) == 0 ? random.below(3) : 0) {
            text += random.pick(["--a", "--a=b", "--a=\"b c\"", "--a='b c'", "--=", "-- "]) + " "
            if escape == "\\", random.below(4) == 0 { text += "--e=x\\ y " }
        }
        var bodies = ""
        switch random.below(8) {
        case 0: return text + random.pick(Self.arrays) + "\n"
        case 1:
            return text + (random.below(5) == 0 ? random.pick(Self.otherArrays) : random.pick(Self.arrays))
                + "\n"
        case 2, 3: (text, bodies) = heredocs(text)
        default: for _ in 0..<random.below(6) { text += piece() }
        }
        if random.below(10) == 0 { text += escape }
        return text + "\n" + bodies
    }

    private mutating func piece() -> String {
        if random.below(6) == 0 { return continuation() }
        if random.below(10) == 0 { return random.pick(["\\", "`", "\\\\", "\\\"", "\\'", "a\\ b"]) }
        return random.pick(Self.pieces) + random.pick([" ", " ", "  ", "\t", ""])
    }

    private mutating func continuation() -> String {
        var text = " " + escape + random.pick(["", "", " ", "\t "]) + "\n"
        if random.below(4) == 0 {
            text += random.pick(["# inside\n", "  # inside\n", "\n", "  \n", "\u{2003}\n"])
        }
        return text + random.pick(["", "  ", "\t"])
    }

    private mutating func heredocs(_ head: String) -> (String, String) {
        var text = head
        var bodies = ""
        for _ in 0...random.below(2) {
            let delimiter = random.pick(Self.delimiters)
            text += random.pick(["", "3", "12", "x"]) + "<<" + random.pick(["", "-"]) + delimiter + " "
            if random.below(3) == 0 { text += random.pick(["/x ", "cat ", "&& y ", "'", "\"z\" "]) }
            let name = delimiter.filter { $0 != "'" && $0 != "\"" && $0 != "\\" }
            for _ in 0..<random.below(3) {
                bodies += random.pick(["one\n", "\ttwo\n", "# x\n", "\\\n", "\n", " \(name)\n"])
            }
            if random.below(8) != 0 { bodies += random.pick(["", "", "\t"]) + name + "\n" }
        }
        return (text, bodies)
    }
}
