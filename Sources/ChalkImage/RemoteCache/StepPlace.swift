internal import ChalkPlan
internal import ChalkSystem

/// What tells apart steps of the same words in different projects, `COPY . /app` in each of fifty: the name of the
/// directory or file that the step takes. Kept with the record as a note, and used only to find the record that explains
/// a miss best.
enum StepPlace {
    /// The name for a step.
    ///
    /// - Parameter context: the directory of the build context.
    static func name(of step: Step, context: String?) -> String? {
        guard case .files(let operation) = step.operation, let source = operation.items.first?.source else {
            return nil
        }
        let path: String?
        switch source {
        case .localFile(let file): path = file
        case .localDirectory(let directory, _): path = directory
        case .selection(let selection):
            switch selection.tree {
            case .context: path = context
            case .directory(let directory): path = directory
            case .repository, .stage: path = nil
            }
        case .bytes, .lz4Frame, .inline, .download: path = nil
        }
        return path.map { PathText.name(of: PathText.normalized($0)) }
    }

    /// The row of a record.
    static func row(_ name: String) -> NamedInputs.Input { NamedInputs.note(on: "place", name) }

    /// The name that a record has.
    static func read(_ rows: [NamedInputs.Input]) -> String? {
        let title = row("").name
        return rows.last { $0.name == title }?.value
    }
}
