internal import ChalkArchive

/// Entries that stand in a layer as one file, their tar.
final class ArchivedTree: Sendable {
    /// What is in the tar.
    let entries: StepEntries
    let tar: TarImage

    /// - Parameter entries: arranged.
    init(_ entries: StepEntries) throws {
        self.entries = entries
        tar = try TarImage(entries.list)
    }
}
