/// `80/TCP`.
enum ExposeProtoCasing: LintCheck {
    static let rule = LintRule("ExposeProtoCasing", "protocols of EXPOSE are written in lower case")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap(\.instructions).flatMap { item -> [LintFinding] in
            guard case .expose(let expose) = item.expanded else { return [] }
            return expose.ports.compactMap { port in
                guard let slash = port.lastIndex(of: "/") else { return nil }
                let name = port[slash...].dropFirst()
                if name == name.lowercased() { return nil }
                return finding(
                    at: item.place, "the protocol of \(port) is not in lower case; write \(name.lowercased())"
                )
            }
        }
    }
}
