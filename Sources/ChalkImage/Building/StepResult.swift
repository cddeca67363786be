/// What a step came to.
struct StepResult {
    /// Nil for a step that changed no file.
    var layer: BuiltLayer?
    let outcome: StepOutcome
    /// Nil for a step that makes no layer.
    var cost: StepCost?
}
