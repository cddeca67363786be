/// The ARGs of a stage, and of the stages that it starts from, in the order of their declaration.
package struct StageArguments: Hashable, Sendable {
    /// Names, with or without a value.
    package private(set) var names: [String] = []
    private var values: [String: String] = [:]
    /// Those whose value came after an ENV of the name, and hides it.
    private var hiding: Set<String> = []

    package init() {}

    /// The value of a name; nil where it has none.
    package subscript(name: String) -> String? { values[name] }

    /// Whether a name's value counts for more than what the config says.
    func hidesEnvironment(_ name: String) -> Bool { hiding.contains(name) }

    /// ARG. Without a value an earlier one of the name stays.
    mutating func declare(_ name: String, _ value: String?) {
        if !names.contains(name) { names.append(name) }
        guard let value else { return }
        values[name] = value
        hiding.insert(name)
    }

    /// ENV: the config's value counts from here on.
    mutating func yield(to name: String) { hiding.remove(name) }

    /// The same in a stage that starts from this one, where the config comes first again.
    var inherited: StageArguments {
        var copy = self
        copy.hiding = []
        return copy
    }
}
