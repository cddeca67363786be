import ChalkImage
import ChalkOCI

/// Containers in words.
enum ContainerText {
    /// One row of `ps`.
    static func row(_ info: ContainerInfo, now: Int64) -> [String] {
        let command = info.command.joined(separator: " ")
        return [
            info.id, info.name ?? "", info.image,
            command.count > 32 ? command.prefix(31) + "…" : command,
            "\(age(now - info.created)) ago", status(info, now: now),
            info.ports.map(\.description).joined(separator: ","),
        ]
    }

    private static func status(_ info: ContainerInfo, now: Int64) -> String {
        switch info.status {
        case .starting: return "Starting"
        case .running: return "Up \(age(now - info.created))"
        case .exited:
            let code = info.end.map { " (\($0.exitCode)\($0.ranOutOfMemory ? ", out of memory" : ""))" }
            return "Exited\(code ?? "") \(age(now - (info.finished ?? now))) ago"
        }
    }

    private static func age(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        if seconds < 120 { return "\(seconds) seconds" }
        if seconds < 7_200 { return "\(seconds / 60) minutes" }
        if seconds < 172_800 { return "\(seconds / 3_600) hours" }
        return "\(seconds / 86_400) days"
    }
}
