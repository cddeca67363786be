/// A stage as it was walked through.
struct LintedStage {
    let stage: Stage
    /// The name that FROM gives, variables replaced.
    let base: WordLexer.Expanded
    /// The value of `--platform`, variables replaced.
    let platform: WordLexer.Expanded?
    /// The stage that it starts from; nil for an image.
    let parent: Int?
    /// Triggers of the parent first.
    var instructions: [LintedInstruction] = []
}

/// An instruction at the moment when it is its turn.
struct LintedInstruction {
    /// A variable without a value.
    struct Undefined {
        let name: String
        /// One that may have been meant.
        let near: String?
    }

    /// As written.
    let parsed: ParsedInstruction
    /// With variables replaced; ARG as written.
    var expanded: Instruction
    /// What findings name: the instruction, or for a trigger the FROM that sets it off.
    let place: ParsedInstruction
    var undefined: [Undefined]
    /// Whether the shell is not simply `/bin/sh -c`.
    let hasShell: Bool
    /// Whether a WORKDIR of the file stands before it, in the stage or below.
    let hasWorkdir: Bool

    /// The keyword as written.
    var keyword: String { parsed.syntax.keyword.text }
}
