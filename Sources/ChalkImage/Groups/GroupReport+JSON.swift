package import ChalkOCI

extension GroupReport {
    /// The members of an event.
    var members: [(String, JSON?)] {
        (group.json.members ?? []).map { ($0.name, $0.value) } + [
            ("outcome", .string(isCached ? "cached" : "built")), ("reason", reason.map { .string($0) }),
            ("seconds", .seconds(seconds)), ("cost", cost?.json),
        ]
    }
}

extension PlannedGroup {
    /// One object of `plan --json`.
    package var json: JSON {
        .object(present: [
            ("mountPath", .string(mountPath)), ("files", .integer(Int64(files))), ("bytes", .integer(bytes)),
            ("verdict", .string(verdict.word)), ("reason", verdict.reason.map { .string($0) }),
            ("hides", hides.map { .strings($0) }),
        ])
    }
}
