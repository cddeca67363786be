/// A JSON value; objects keep the order of their members.
package enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A whole number that fits 64 bits.
    case integer(Int64)
    /// Any other number, as it was written.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// One name and value of an object.
    package struct Member: Hashable, Sendable {
        package var name: String
        package var value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The member called `name`, the last where several are; nil for none or where this is no object.
    package subscript(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text of a string.
    package var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// A whole number.
    package var integer: Int64? {
        if case .integer(let number) = self { return number }
        return nil
    }

    /// A truth value.
    package var bool: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// The items of an array.
    package var array: [JSON]? {
        if case .array(let items) = self { return items }
        return nil
    }

    /// The members of an object.
    package var members: [Member]? {
        if case .object(let members) = self { return members }
        return nil
    }

    /// The texts of an array of strings; nil when an item is something else.
    package var strings: [String]? {
        guard let items = array else { return nil }
        let texts = items.compactMap(\.string)
        return texts.count == items.count ? texts : nil
    }

    /// The members of an object of strings; nil when a value is something else.
    package var stringMap: [String: String]? {
        guard let members else { return nil }
        var map: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else { return nil }
            map[member.name] = text
        }
        return map
    }

    /// An array of strings.
    package static func strings(_ texts: some Sequence<String>) -> JSON {
        .array(texts.map { .string($0) })
    }

    /// An object of strings, sorted by name.
    package static func stringMap(_ map: [String: String]) -> JSON {
        .object(map.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })
    }

    /// An object of the members that have a value.
    package static func object(present members: [(String, JSON?)]) -> JSON {
        .object(members.compactMap { name, value in value.map { Member(name, $0) } })
    }
}
