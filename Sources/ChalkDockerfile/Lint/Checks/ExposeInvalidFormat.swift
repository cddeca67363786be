/// `127.0.0.1:80:80`: where a port is published is for the one who runs the image to say.
enum ExposeInvalidFormat: LintCheck {
    static let rule = LintRule("ExposeInvalidFormat", "EXPOSE names ports of the container only")

    static func findings(in file: LintedFile) -> [LintFinding] {
        file.stages.flatMap(\.instructions).flatMap { item -> [LintFinding] in
            guard case .expose(let expose) = item.expanded else { return [] }
            return expose.ports.compactMap { port in
                // An empty address or host port says nothing.
                let before = port.split(separator: ":", omittingEmptySubsequences: false).dropLast()
                if before.allSatisfy({ $0.isEmpty }) { return nil }
                return finding(
                    at: item.place,
                    "\(port) names an address or a port of the host, which EXPOSE cannot set; "
                        + "leave the container's port only")
            }
        }
    }
}
