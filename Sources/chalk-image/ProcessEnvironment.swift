import Glibc

/// The variables of this process, looked up when they are asked for.
struct ProcessEnvironment: Sendable {
    /// A variable's value; nil when it is not set.
    subscript(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// All variables, as `NAME=value`.
    var all: [String] {
        var list: [String] = []
        var next = unsafe environ
        while let text = unsafe next.pointee {
            list.append(unsafe String(cString: text))
            unsafe next += 1
        }
        return list
    }

    /// All variables as a dictionary; the first counts where a name stands twice.
    var dictionary: [String: String] {
        let pairs = all.compactMap { line in
            line.firstIndex(of: "=").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Some variables as a dictionary.
    func values(of names: String...) -> [String: String] { values(of: names) }

    /// The same for a list of names.
    func values(of names: [String]) -> [String: String] {
        var values: [String: String] = [:]
        for name in names { values[name] = self[name] }
        return values
    }
}
