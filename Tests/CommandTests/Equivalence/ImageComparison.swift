import Foundation

/// What two images of one spec differ in.
enum ImageComparison {
    /// What Buildah leaves where a container had its mounts.
    private static let placeholders: Set<String> = [
        "dev", "etc/hosts", "etc/resolv.conf", "etc/hostname", "proc", "run", "run/.containerenv",
        "run/secrets", "sys",
    ]

    private static let members = [
        "Cmd", "Entrypoint", "Env", "ExposedPorts", "Healthcheck", "Labels", "OnBuild", "Shell", "StopSignal",
        "User",
        "Volumes", "WorkingDir",
    ]

    /// One line for each path that is not the same.
    static func trees(_ ours: [String: String], _ theirs: [String: String]) -> [String] {
        Set(ours.keys).union(theirs.keys).sorted().compactMap { path in
            if placeholders.contains(path) || ours[path] == theirs[path] { return nil }
            return "\(path): ours \(ours[path] ?? "missing"), theirs \(theirs[path] ?? "missing")"
        }
    }

    /// One line for each member that is not the same.
    static func configs(_ ours: [String: Any], _ theirs: [String: Any]) throws -> [String] {
        try members.compactMap { name in
            let (mine, other) = (try text(ours[name]), try text(theirs[name]))
            return mine == other ? nil : "\(name): ours \(mine), theirs \(other)"
        }
    }

    /// Sorted JSON; what is empty is the same as what is missing.
    private static func text(_ value: Any?) throws -> String {
        var value = value
        if var object = value as? [String: Any] {
            object["io.buildah.version"] = nil
            value = object.isEmpty ? nil : object
        }
        if let list = value as? [Any], list.isEmpty { value = nil }
        if let string = value as? String, string.isEmpty { value = nil }
        guard let value, !(value is NSNull) else { return "nothing" }
        let data = try JSONSerialization.data(
            withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
        return String(decoding: data, as: UTF8.self)
    }
}
