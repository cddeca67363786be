/// A value of a JSON text together with where it stands.
struct JSONNode: Sendable {
    let value: JSONValue
    let position: JSONPosition
}

/// JSON as RFC 8259 has it: objects keep the order of their members, numbers keep their spelling.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONNode])
    case object([JSONMember])

    /// The kind with its article, for errors.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// One member of an object.
struct JSONMember: Sendable {
    let key: String
    let node: JSONNode
    /// Where the key stands.
    let position: JSONPosition
}

/// Both counted from 1; columns in Unicode scalars.
struct JSONPosition: Sendable, Hashable {
    let line: Int
    let column: Int
}
