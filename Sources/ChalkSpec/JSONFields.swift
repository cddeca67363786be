internal import ChalkOCI

/// The members of one JSON object under the names that a message has, each taken once; what is left over at the
/// end is an error. `null` counts as absent, as ProtoJSON has it.
struct JSONFields {
    /// The JSON path of the object.
    let path: String
    let position: JSONPosition
    private var members: [(name: String, member: JSONMember)] = []

    /// - Parameters:
    ///   - names: the fields in lowerCamelCase; their snake_case spelling is read too.
    ///   - extra: keys that are read as they are and ignored.
    init(
        _ node: JSONNode, at path: String, names: [String], ignoring extra: [String] = []
    ) throws(SpecError) {
        self.path = path
        self.position = node.position
        guard case .object(let all) = node.value else {
            throw JSONFields.wrongKind(node, wanted: "an object", at: path)
        }
        for member in all where !extra.contains(member.key) {
            guard let name = names.first(where: { $0 == member.key || Self.snake($0) == member.key }) else {
                throw SpecError(
                    .invalid, at: Self.child(path, member.key),
                    "this key is not known here; known are \(names.joined(separator: ", "))",
                    line: member.position.line, column: member.position.column)
            }
            if let earlier = members.first(where: { $0.name == name }) {
                throw SpecError(
                    .conflict, at: Self.child(path, name),
                    "was given twice, as \(quoted(earlier.member.key)) and \(quoted(member.key))",
                    line: member.position.line, column: member.position.column)
            }
            members.append((name, member))
        }
        members.removeAll { if case .null = $0.member.node.value { true } else { false } }
    }

    /// The names of the fields that were given and are not null.
    var given: [String] { members.map(\.name) }

    func node(_ name: String) -> JSONNode? {
        members.first { $0.name == name }?.member.node
    }

    func string(_ name: String) throws(SpecError) -> String? {
        guard let node = node(name) else { return nil }
        return try Self.string(node, at: Self.child(path, name))
    }

    /// A string that must be there.
    func requiredString(_ name: String) throws(SpecError) -> String {
        guard let string = try string(name) else {
            throw SpecError(
                .invalid, at: Self.child(path, name), "is missing", line: position.line,
                column: position.column)
        }
        return string
    }

    func bool(_ name: String) throws(SpecError) -> Bool? {
        guard let node = node(name) else { return nil }
        guard case .bool(let bool) = node.value else {
            throw Self.wrongKind(node, wanted: "true or false", at: Self.child(path, name))
        }
        return bool
    }

    func bytes(_ name: String) throws(SpecError) -> [UInt8]? {
        guard let node = node(name), let text = try string(name) else { return nil }
        guard let bytes = Base64.decode(text) else {
            throw SpecError(
                .invalid, at: Self.child(path, name), "is not base64", line: node.position.line,
                column: node.position.column)
        }
        return bytes
    }

    func strings(_ name: String) throws(SpecError) -> [String] {
        let path = Self.child(path, name)
        var strings: [String] = []
        for (index, element) in try array(name).enumerated() {
            strings.append(try Self.string(element, at: "\(path)[\(index)]"))
        }
        return strings
    }

    func array(_ name: String) throws(SpecError) -> [JSONNode] {
        guard let node = node(name) else { return [] }
        guard case .array(let elements) = node.value else {
            throw Self.wrongKind(node, wanted: "an array", at: Self.child(path, name))
        }
        return elements
    }

    static func string(_ node: JSONNode, at path: String) throws(SpecError) -> String {
        guard case .string(let string) = node.value else {
            throw wrongKind(node, wanted: "a string", at: path)
        }
        return string
    }

    static func wrongKind(_ node: JSONNode, wanted: String, at path: String) -> SpecError {
        SpecError(
            .invalid, at: path, "is \(node.value.kindName), where \(wanted) is expected",
            line: node.position.line, column: node.position.column)
    }

    /// `path` with one more component; a key that would not read well as a path stands in quotes.
    static func child(_ path: String, _ key: String) -> String {
        let plain =
            !key.isEmpty
            && key.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "-")
            }
        if plain { return path.isEmpty ? key : path + "." + key }
        return path + "[" + quoted(key) + "]"
    }

    /// `uvPipInstall` as the proto file spells it: `uv_pip_install`.
    static func snake(_ name: String) -> String {
        var snake = ""
        for character in name.unicodeScalars {
            if (0x41...0x5A).contains(character.value) {
                snake += "_" + String(Character(character)).lowercased()
            } else {
                snake.unicodeScalars.append(character)
            }
        }
        return snake
    }
}
