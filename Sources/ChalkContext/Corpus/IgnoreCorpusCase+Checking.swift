package import ChalkSystem

/// Holding verdicts against a case.
extension IgnoreCorpusCase {
    /// What a walk by `profile` says of every entry; nil when the profile refuses the ignore file.
    ///
    /// - Parameter root: Where ``layOut(in:repository:)`` was.
    package func walk(
        _ root: borrowing FileDescriptor, profile: IgnoreProfile
    ) throws -> [[UInt8]: Bool]? {
        var verdicts: [[UInt8]: Bool] = [:]
        do {
            var options = ContextWalker.Options(profile: profile, exclude: exclude, reportsIgnored: true)
            let file = ignoreFiles.first { $0.path == Array(".dockerignore".utf8) }
            if let file, profile == .docker {
                options.dockerignore = try IgnoreFile(file.content, path: file.path, profile: profile)
            }
            try ContextWalker(options: options).walk(root) { entry, verdict in
                verdicts[entry.path] = verdict.isIgnored
            }
        } catch let error as ContextError where error.code == .pattern {
            return nil
        }
        return verdicts
    }

    /// The keys of which the case says nothing for some entry, with the ones that it has.
    ///
    /// - Returns: Nil when there is a verdict on every entry.
    package func missingVerdict(_ key: String) -> (path: [UInt8], keys: [String])? {
        let known = expected(key)
        guard let first = expectations.first(where: { known[$0.path] == nil }) else { return nil }
        return (first.path, first.verdicts.keys.sorted())
    }

    /// Where verdicts are not those recorded under `key`, in byte order: `a/b: expected ignored, got kept`.
    ///
    /// - Parameter verdicts: By path, true for ignored; nil where the ignore file was refused.
    /// - Returns: Nil when all are as they should be.
    package func problem(_ verdicts: [[UInt8]: Bool]?, _ key: String) -> String? {
        guard let verdicts else { return isRefused ? nil : "expected verdicts, got a refusal" }
        if isRefused { return "expected a refusal, got verdicts" }
        let wanted = expected(key)
        func word(_ verdict: Bool?) -> String { verdict.map { $0 ? "ignored" : "kept" } ?? "nothing" }
        let wrong = Set(wanted.keys).union(verdicts.keys).filter { wanted[$0] != verdicts[$0] }
            .sorted { $0.lexicographicallyPrecedes($1) }
        if wrong.isEmpty { return nil }
        let shown = wrong.prefix(4).map {
            "\(ContextError.show($0)): expected \(word(wanted[$0])), got \(word(verdicts[$0]))"
        }
        let rest = wrong.count > shown.count ? ["and \(wrong.count - shown.count) more"] : []
        return (shown + rest).joined(separator: "; ")
    }
}
