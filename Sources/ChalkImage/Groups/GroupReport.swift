/// A group that a build made or found unchanged.
public struct GroupReport: Hashable, Sendable {
    /// The group.
    public let group: VolumeGroup
    /// Why its layer was made; nil where it is the one of an earlier build.
    public let reason: String?
    /// How long that took.
    public let seconds: Double
    /// What its layer took.
    public let cost: StepCost?

    package init(group: VolumeGroup, reason: String?, seconds: Double, cost: StepCost?) {
        self.group = group
        self.reason = reason
        self.seconds = seconds
        self.cost = cost
    }

    /// The same group as that of an index.
    func joined(as group: VolumeGroup) -> GroupReport {
        GroupReport(group: group, reason: reason, seconds: seconds, cost: cost)
    }

    /// Whether the layer is the one of an earlier build.
    public var isCached: Bool { reason == nil }
}

/// What a build would do with a group.
public struct PlannedGroup: Hashable, Sendable {
    /// Where it would be mounted.
    public let mountPath: String
    /// Files in it.
    public let files: Int
    /// Bytes of their contents.
    public let bytes: Int64
    /// Whether its layer is one of an earlier build.
    public let verdict: PlannedStep.Verdict
    /// What the image itself has at the mount path, which nobody will see: names in that directory, or the path itself where it
    /// is none. Nil while the image's files are not known.
    public let hides: [String]?
}
