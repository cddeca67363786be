internal import ChalkOCI
package import ChalkRegistry

/// Why a registry lets in or does not: who was asked, how, and what they said. Nothing in it is a secret.
public struct AccessExplanation: Sendable, CustomStringConvertible {
    package let report: AccessReport

    /// Whether the image was found there, or may be pushed.
    public var isGranted: Bool { report.failure == nil }

    /// Why not; nil when it is granted.
    public var error: ChalkError? { report.failure.map { ChalkError(wrapping: $0) } }

    /// The explanation as one JSON document (docs/registries.md).
    public var jsonText: String { json.pretty() }

    /// The explanation for people, line by line.
    public var description: String {
        var lines = ["\(report.isPush ? "push to" : "pull") \(report.reference)"]
        if let file = report.rulesFile {
            lines.append("  rules         \(file): " + (report.rule.map { "\"\($0)\"" } ?? "none for it"))
        }
        if let blockage = report.blockage { lines.append("  blocked       \(blockage)") }
        for place in report.places { lines += AccessExplanation.lines(place) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ place: AccessReport.Place) -> [String] {
        func row(_ name: String, _ text: String) -> String {
            "  \(name)\(String(repeating: " ", count: max(1, 14 - name.count)))\(text)"
        }
        var lines = ["", "\(place.isMirror ? "mirror" : "registry") \(place.reference)"]
        let transport =
            place.isSecure
            ? place.verifies ? "TLS, certificate checked" : "TLS, certificate NOT checked"
            : "plain HTTP, no TLS"
        lines.append(row("address", "\(place.origin ?? place.reference.registry) (\(transport))"))
        if let proxy = place.proxy {
            lines.append(row("proxy", proxy))
        } else if let reason = place.noProxyBecause {
            lines.append(row("proxy", "none: \(reason)"))
        }
        for file in place.authorities { lines.append(row("authorities", file)) }
        if let file = place.clientCertificate {
            lines.append(row("certificate", "\(file) is shown if asked for"))
        }
        if place.credentials.isEmpty { lines.append(row("credentials", "no place to look for them")) }
        for step in place.credentials { lines.append(row("credentials", text(step))) }
        for exchange in place.exchanges {
            lines.append(row("asked", text(exchange)))
            for challenge in exchange.challenges where exchange.status == 401 {
                lines.append(row("", "  it wants: \(challenge)"))
            }
        }
        lines.append(row("outcome", place.failure?.description ?? "granted"))
        return lines
    }

    private static func text(_ exchange: Exchange) -> String {
        let proof = exchange.authorization.map { "with \($0) credentials" } ?? "anonymously"
        let remark = exchange.remark.map { " (\($0))" } ?? ""
        let name = exchange.authorization == "bearer" ? "with a token" : proof
        return "\(exchange.method) \(exchange.url)\(remark) \(name): \(exchange.status)"
    }

    private static func text(_ step: CredentialSearch.Step) -> String {
        let place =
            switch step.place {
            case .program: "the program"
            case .file(let path): path
            case .helper(let program, let file, let member): "\(program), which \(member) in \(file) names"
            }
        switch step.outcome {
        case .isAbsent: return "\(place): not there"
        case .hasNone: return "\(place): none"
        case .hasPassword(let key):
            return "\(place): a user name and password" + (key.isEmpty ? "" : " for \"\(key)\"")
        case .hasToken(let key): return "\(place): an identity token" + (key.isEmpty ? "" : " for \"\(key)\"")
        case .failed(let reason): return "\(place): \(reason)"
        }
    }
}
