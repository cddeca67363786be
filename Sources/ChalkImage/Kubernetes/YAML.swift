/// A YAML document that is to be written (YAML 1.2, block style). Text from elsewhere is in double quotes, so that none is
/// taken for a number, a truth value or a time; maps keep their order.
indirect enum YAML: Hashable {
    case text(String)
    /// A word of ours that needs no quotes.
    case word(Word)
    case number(Int)
    case bool(Bool)
    case list([YAML])
    case map([Member])

    /// The values that Kubernetes gives a meaning.
    enum Word: String {
        case v1
        case apps = "apps/v1"
        case pod = "Pod"
        case deployment = "Deployment"
        case ifNotPresent = "IfNotPresent"
    }

    /// One name and value of a map; the name needs no quotes.
    struct Member: Hashable {
        let name: String
        let value: YAML
    }

    /// A map of the members that have a value; empty lists and maps are left out too.
    static func map(present members: [(String, YAML?)]) -> YAML {
        .map(
            members.compactMap { name, value in
                switch value {
                case nil, .list([])?, .map([])?: nil
                case let value?: Member(name: name, value: value)
                }
            })
    }

    /// The document, with a line break at its end.
    var document: String { lines.joined(separator: "\n") + "\n" }

    /// A list or map; what fits one line is one.
    private var lines: [String] {
        switch self {
        case .text(let text): [YAML.quoted(text)]
        case .word(let word): [word.rawValue]
        case .number(let number): [String(number)]
        case .bool(let value): [value ? "true" : "false"]
        case .list(let items):
            items.isEmpty
                ? ["[]"]
                : items.flatMap { item in
                    item.lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
                }
        case .map(let members):
            members.isEmpty
                ? ["{}"]
                : members.flatMap { member in
                    let lines = member.value.lines
                    switch member.value {
                    case .map(let inner) where !inner.isEmpty:
                        return ["\(member.name):"] + lines.map { "  " + $0 }
                    case .list(let inner) where !inner.isEmpty: return ["\(member.name):"] + lines
                    default: return ["\(member.name): \(lines[0])"]
                    }
                }
        }
    }

    /// Text in double quotes. What YAML does not count as printable is escaped (YAML 1.2, 5.1 and 5.7).
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: quoted += "\\\""
            case 0x5C: quoted += "\\\\"
            case 0x0A: quoted += "\\n"
            case 0x0D: quoted += "\\r"
            case 0x09: quoted += "\\t"
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
