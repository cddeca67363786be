internal import ChalkSystem

/// Finds which of the twelve rules make go-git and git disagree about an entry.
struct DialectExplainer: ~Copyable {
    /// An ignore file as it is on disk.
    private struct Source {
        /// Components of its directory.
        let domain: Int
        let text: [UInt8]
        let isLink: Bool
    }

    private let exclude: [[UInt8]]
    private var files: IgnoreFileReader
    private var directories: ContextReader
    /// For each directory on the way, the root first, its files.
    private var sources: [[Source]] = []
    private var directory: [[UInt8]] = []
    /// Whether a walk never comes to that directory, by the rules that are switched.
    private var pruned: [DialectRules: Bool] = [:]
    private var rules: [DialectRules: [DialectBlend.Rule]] = [:]
    private var candidates: [DialectRule]?

    init(_ root: borrowing FileDescriptor, exclude: [[UInt8]]) throws(ContextError) {
        let top: OpenDirectory
        do {
            top = OpenDirectory(try root.open(".", [.readOnly, .directory]))
        } catch {
            throw .system("open", [], error)
        }
        let directories = try ContextReader.open(root)
        self.exclude = exclude
        files = IgnoreFileReader(profile: .goGit, root: top)
        self.directories = directories
    }

    /// The fewest rules that, read as git does, make go-git decide about an entry as git does.
    ///
    /// - Parameter goal: Whether git ignores the entry, where go-git says the opposite.
    mutating func explain(
        _ path: [UInt8], isDirectory: Bool, goal: Bool
    ) throws(ContextError) -> [DialectRule] {
        let names = path.split(separator: UInt8(ascii: "/")).map(Array.init)
        try go(to: Array(names.dropLast()))
        let candidates = relevantRules()
        for size in 1...3 {
            var found: [DialectRule]?
            DialectExplainer.choices(of: size, from: candidates[...]) { choice in
                if ignores(names, isDirectory, DialectRules(choice)) == goal { found = choice }
                return found == nil
            }
            if let found { return DialectRule.allCases.filter(found.contains) }
        }
        // Four or more together: leave out what can be left out.
        var needed = DialectRules.all
        for rule in DialectRule.allCases where ignores(names, isDirectory, needed.without(rule)) == goal {
            needed = needed.without(rule)
        }
        return DialectRule.allCases.filter(needed.contains)
    }

    /// Calls `body` with each choice in order until it says false; whether it never did.
    @discardableResult
    private static func choices(
        of size: Int, from rules: ArraySlice<DialectRule>, _ chosen: [DialectRule] = [],
        _ body: ([DialectRule]) -> Bool
    ) -> Bool {
        if chosen.count == size { return body(chosen) }
        for index in rules.indices
        where !choices(of: size, from: rules[(index + 1)...], chosen + [rules[index]], body) {
            return false
        }
        return true
    }

    private mutating func ignores(_ path: [[UInt8]], _ isDirectory: Bool, _ switched: DialectRules) -> Bool {
        let blend = DialectBlend(switched: switched)
        let rules = rules(switched)
        let isPruned = pruned[switched] ?? blend.ignores(directory, isDirectory: true, rules)
        pruned[switched] = isPruned
        return isPruned || blend.excludes(path[...], isDirectory: isDirectory, rules)
    }

    /// Rules that change what some line says, and then A, B and C, which are about matching and always count.
    private mutating func relevantRules() -> [DialectRule] {
        if let candidates { return candidates }
        let always: [DialectRule] = [.a, .b, .c]
        var list: [DialectRule] = []
        for rule in DialectRule.allCases.dropFirst(always.count) {
            let alone = rules(DialectRules([rule])).map(\.pattern) != rules(.none).map(\.pattern)
            let isMissed = rules(DialectRules.all.without(rule)).map(\.pattern) != rules(.all).map(\.pattern)
            if alone || isMissed { list.append(rule) }
        }
        candidates = list + always
        return list + always
    }

    private mutating func rules(_ switched: DialectRules) -> [DialectBlend.Rule] {
        if let known = rules[switched] { return known }
        let blend = DialectBlend(switched: switched)
        var list: [DialectBlend.Rule] = []
        for source in sources.joined() where !(source.isLink && switched.contains(.l)) {
            list += blend.patterns(in: source.text).map {
                DialectBlend.Rule(domain: source.domain, pattern: $0)
            }
        }
        for (index, entry) in exclude.enumerated() {
            let pattern = blend.pattern(entry[...], line: index + 1)
            list.append(DialectBlend.Rule(domain: 0, pattern: pattern))
        }
        rules[switched] = list
        return list
    }

    // MARK: Reading

    private mutating func go(to wanted: [[UInt8]]) throws(ContextError) {
        if !sources.isEmpty && wanted == directory { return }
        let common = zip(wanted, directory).prefix { $0 == $1 }.count
        if !sources.isEmpty { sources.removeLast(sources.count - 1 - common) }
        directory = wanted
        rules = [:]
        pruned = [:]
        candidates = nil
        while sources.count <= wanted.count {
            let path = Array(wanted[..<sources.count].joined(separator: [UInt8(ascii: "/")]))
            sources.append(try read(path, depth: sources.count))
        }
    }

    private mutating func read(_ path: [UInt8], depth: Int) throws(ContextError) -> [Source] {
        var list: [Source] = []
        do {
            let open = try directories.directory(path)
            for name in IgnoreProfile.goGit.ignoreFileNames {
                guard let kind = try open.descriptor.statusIfPresent(of: name)?.kind else { continue }
                let place = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
                let text = try files.text(name, in: open.descriptor, path: place, kind: kind)
                if let text { list.append(Source(domain: depth, text: text, isLink: kind == .link)) }
            }
        } catch let error as SystemError {
            if error.isNotFound { throw .vanished(path) }
            throw .system("open", path, error)
        } catch let error as ContextError {
            // A link that go-git refuses, in a directory that it never enters: git reads no links.
            if error.code != .ignoreFile { throw error }
        } catch {
            throw ContextError(.system, "cannot read \(ContextError.show(path)): \(error)")
        }
        return list
    }
}
