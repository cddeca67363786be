/// Variables and their values, names in the order in which they came up.
struct VariableScope {
    private(set) var names: [String] = []
    private var values: [String: String] = [:]

    subscript(name: String) -> String? { values[name] }

    mutating func set(_ name: String, to value: String) {
        if values.updateValue(value, forKey: name) == nil { names.append(name) }
    }

    /// What a name that is not there may have been meant to be.
    func nearest(to name: String) -> String? {
        // Enough for any file that a person wrote.
        Suggestion(for: name, among: Array(names.prefix(200))).word
    }
}

/// Notes which names an expansion asked for in vain.
final class VariableLookup {
    private let scope: VariableScope
    private var seen: Set<String> = []
    private(set) var missing: [String] = []

    init(_ scope: VariableScope) { self.scope = scope }

    func value(of name: String) -> String? {
        let value = scope[name]
        if value == nil, seen.insert(name).inserted { missing.append(name) }
        return value
    }
}
