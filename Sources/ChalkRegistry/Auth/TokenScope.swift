/// What a token is good for (distribution: token scope documentation): `repository:library/app:pull,push`.
struct TokenScope: Hashable, Sendable, CustomStringConvertible {
    /// `repository`.
    let kind: String
    /// `library/app`.
    let name: String
    /// `pull`, `push`, …; sorted.
    let actions: [String]

    init(kind: String = "repository", name: String, actions: some Sequence<String>) {
        self.kind = kind
        self.name = name
        self.actions = Set(actions).sorted()
    }

    /// A scope from its text; nil when it is none. The name may hold colons.
    init?(_ text: some StringProtocol) {
        guard let first = text.firstIndex(of: ":"), let last = text.lastIndex(of: ":"), first < last else {
            return nil
        }
        self.init(
            kind: String(text[..<first]), name: String(text[text.index(after: first)..<last]),
            actions: String(text[text.index(after: last)...]).split(separator: ",").map { String($0) })
    }

    static func pull(_ repository: String) -> TokenScope { TokenScope(name: repository, actions: ["pull"]) }

    static func push(_ repository: String) -> TokenScope {
        TokenScope(name: repository, actions: ["pull", "push"])
    }

    var description: String { "\(kind):\(name):\(actions.joined(separator: ","))" }

    /// What to ask a token service for: the scopes of the challenge, since only the registry knows how it calls
    /// its repositories, each with the actions that will be needed soon; `wanted` where it names none.
    static func merged(challenge: String?, wanted: [TokenScope]) -> [TokenScope] {
        let asked = (challenge ?? "").split(separator: " ").compactMap { TokenScope($0) }
        if asked.isEmpty { return wanted }
        var list = asked.map { scope in
            let more = wanted.filter { $0.kind == scope.kind && $0.name == scope.name }
            return TokenScope(
                kind: scope.kind, name: scope.name, actions: scope.actions + more.flatMap(\.actions))
        }
        // Further repositories (the source of a mount) only where the registry's names are ours.
        if list.contains(where: { scope in wanted.contains { $0.name == scope.name } }) {
            list += wanted.filter { scope in !list.contains { $0.name == scope.name } }
        }
        return list
    }
}
