internal import ChalkOCI

/// One place that may have an image.
struct PullPlace: Hashable, Sendable {
    /// How the image is called there.
    let reference: Reference
    /// Whether it is a mirror; what it sends wrong, the registry may send right.
    let isMirror: Bool
}

extension RegistryRules {
    /// The rule that counts for an image: the one with the longest prefix of its name.
    func rule(for reference: Reference) -> Rule? {
        rules.filter { RegistryRules.rest(of: reference.name, after: $0.prefix) != nil }
            .max { $0.prefix.utf8.count < $1.prefix.utf8.count }
    }

    /// Where an image is asked for, in order: the mirrors, then the registry itself.
    func places(for reference: Reference) -> [PullPlace] {
        guard let rule = rule(for: reference) else {
            return [PullPlace(reference: reference, isMirror: false)]
        }
        let rest = RegistryRules.rest(of: reference.name, after: rule.prefix) ?? ""
        func moved(to location: String) -> Reference? {
            let name = location + rest
            let host = name.prefix { $0 != "/" }
            let repository = name.dropFirst(host.count + 1)
            if repository.isEmpty { return nil }
            return Reference(
                registry: String(host), repository: String(repository), tag: reference.tag,
                digest: reference.digest)
        }
        let mirrors = rule.mirrors.compactMap { moved(to: $0.location) }
            .map { PullPlace(reference: $0, isMirror: true) }
        let own = rule.location.flatMap { moved(to: $0) } ?? reference
        return mirrors + [PullPlace(reference: own, isMirror: false)]
    }

    /// The failure that a blocked image is; nil for one that is not.
    func blockage(of reference: Reference) -> Fault? {
        guard let rule = rule(for: reference), rule.isBlocked else { return nil }
        return Fault(
            .refused, "\(rule.prefix) is blocked" + (file.map { " by \($0)" } ?? " by a rule for registries"))
    }

    /// Whether somebody may be spoken to without TLS, or with certificates that nobody vouches for.
    func isInsecure(_ origin: Origin) -> Bool {
        rules.contains { rule in
            rule.isInsecure && RegistryRules.isHost(rule.location ?? rule.prefix, origin)
                || rule.mirrors.contains { $0.isInsecure && RegistryRules.isHost($0.location, origin) }
        }
    }

    private static func isHost(_ location: String, _ origin: Origin) -> Bool {
        let host = location.prefix { $0 != "/" }
        if host.hasPrefix("*.") { return origin.host.hasSuffix(host.dropFirst()) }
        guard let named = Origin(authority: host, isSecure: origin.isSecure) else { return false }
        return named == origin
    }

    /// What follows a prefix in a name, with its slash; nil where the name does not start with it. A prefix
    /// ends where a part of the name does.
    private static func rest(of name: String, after prefix: String) -> String? {
        if prefix.hasPrefix("*.") {
            let host = name.prefix { $0 != "/" }
            let suffix = prefix.dropFirst()
            let isBelow = host.prefix { $0 != ":" }.hasSuffix(suffix) && host.count > suffix.count
            return isBelow ? String(name[host.endIndex...]) : nil
        }
        guard name.hasPrefix(prefix) else { return nil }
        let rest = name.dropFirst(prefix.count)
        return rest.isEmpty || rest.hasPrefix("/") ? String(rest) : nil
    }
}
