/// The flags of one instruction, checked against those that it has.
struct InstructionFlags {
    enum Kind {
        /// `--name` or `--name=true|false`.
        case bool
        /// `--name=value`, once.
        case string
        /// `--name=value`, as often as wanted.
        case strings
    }

    private var values: [String: [String]] = [:]

    init(_ source: InstructionSource, _ known: KeyValuePairs<String, Kind>) throws(DockerfileError) {
        for flag in source.syntax.flags {
            let text = flag.text.dropFirst(2)
            let equals = text.unicodeScalars.firstIndex(of: "=")
            let name = String(text[..<(equals ?? text.endIndex)])
            let value = equals.map { String(text.unicodeScalars[$0...].dropFirst()) }
            guard let kind = known.first(where: { $0.key == name })?.value else {
                let hint = Suggestion(for: name, among: known.map(\.key), prefix: "--")
                throw source.failure(.flag, "\(source.keyword) has no flag --\(name)\(hint)")
            }
            if kind != .strings, values[name] != nil {
                throw source.failure(.flag, "--\(name) is given twice to \(source.keyword); keep one")
            }
            values[name, default: []].append(try Self.check(value, kind, name, source))
        }
    }

    private static func check(
        _ value: String?, _ kind: Kind, _ name: String, _ source: InstructionSource
    ) throws(DockerfileError) -> String {
        guard kind == .bool else {
            guard let value else {
                throw source.failure(
                    .flag, "--\(name) of \(source.keyword) needs a value, as in --\(name)=value")
            }
            return value
        }
        guard let value else { return "true" }
        let lower = value.lowercased()
        guard lower == "true" || lower == "false" else {
            throw source.failure(
                .flag, "--\(name) of \(source.keyword) must be true or false, not \"\(value)\"")
        }
        return lower
    }

    /// Nil when the flag is absent or its value is empty: the two mean the same.
    func string(_ name: String) -> String? {
        guard let value = values[name]?.first, !value.isEmpty else { return nil }
        return value
    }

    func bool(_ name: String) -> Bool? {
        values[name]?.first.map { $0 == "true" }
    }

    func strings(_ name: String) -> [String] {
        values[name] ?? []
    }
}
