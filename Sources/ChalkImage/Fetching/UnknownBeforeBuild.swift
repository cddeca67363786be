/// Why a plan cannot know what a step depends on: only a build finds it out.
struct UnknownBeforeBuild: Error {
    /// Words that follow the step.
    let reason: String
}
