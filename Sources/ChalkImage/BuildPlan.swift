public import ChalkOCI

/// What a build would do.
public struct BuildPlan: Hashable, Sendable {
    /// In order.
    public let steps: [PlannedStep]
    /// The lazy files, parents first.
    public let groups: [PlannedGroup]
    /// What people should know.
    public let warnings: [String]
}

/// What a build would do with one step.
public struct PlannedStep: Hashable, Sendable {
    /// Whether an earlier result would be used.
    public enum Verdict: Hashable, Sendable {
        /// It would.
        case hit(layer: Digest?)
        /// It would not, because of this.
        case miss(reason: String)
        /// The step changes the config only and is done every time.
        case config
    }

    /// `run`, `copy`, `add`, `workdir`, `config`.
    public let kind: String
    /// The instruction, one line.
    public let title: String
    /// Where it stands: `Dockerfile:3` or a JSON path; nil for a step made in code.
    public let origin: String?
    /// The stage, where there are several.
    public let stage: String?
    /// Nil for config steps, and where an earlier miss decides the key.
    public let key: CacheKey?
    /// Whether an earlier result would be used.
    public let verdict: Verdict

    /// Whether it would be executed.
    public var isMiss: Bool {
        if case .miss = verdict { return true }
        return false
    }
}

extension PlannedStep.Verdict {
    /// `hit`, `miss`, `config`.
    package var word: String {
        switch self {
        case .hit: "hit"
        case .miss: "miss"
        case .config: "config"
        }
    }

    /// Why a step is a miss.
    package var reason: String? {
        if case .miss(let reason) = self { return reason }
        return nil
    }
}

extension BuildPlan {
    /// The document of `plan --json`.
    package var json: JSON {
        .object(present: [
            (
                "steps",
                .array(
                    steps.map { step in
                        var layer: Digest?
                        if case .hit(let digest) = step.verdict { layer = digest }
                        return .object(present: [
                            ("kind", .string(step.kind)), ("title", .string(step.title)),
                            ("origin", step.origin.map { .string($0) }),
                            ("stage", step.stage.map { .string($0) }),
                            ("key", step.key.map { .string($0.description) }),
                            ("verdict", .string(step.verdict.word)),
                            ("layer", layer.map { .string($0.description) }),
                            ("reason", step.verdict.reason.map { .string($0) }),
                        ])
                    })
            ),
            ("groups", groups.isEmpty ? nil : .array(groups.map(\.json))),
            ("hits", .integer(Int64(steps.count { $0.verdict.word == "hit" }))),
            ("misses", .integer(Int64(steps.count(where: \.isMiss)))), ("warnings", .strings(warnings)),
        ])
    }
}
