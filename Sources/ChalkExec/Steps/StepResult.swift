package import ChalkOCI
package import ChalkSystem

/// A piece of what a step wrote, as it came.
package struct StepOutput: Hashable, Sendable {
    /// Where a step wrote to.
    package enum Stream: String, Hashable, Sendable {
        /// Standard output.
        case output
        /// Standard error.
        case errors
    }

    /// Where it was written to.
    package let stream: Stream
    /// Some bytes; lines may be cut anywhere.
    package let bytes: [UInt8]

    package init(stream: Stream, bytes: [UInt8]) {
        self.stream = stream
        self.bytes = bytes
    }
}

/// How a step ended and what it left.
package struct StepResult: Sendable {
    /// Exit status or signal.
    package let end: ChildProcess.End
    /// Where its changes are, for the caller to remove. Those of a step that failed are gone, or kept under the
    /// place's name (``StepRequest/keptAs``).
    package let changes: WorkPlace
    /// Mount points that the engine made because the layers had none, as paths like `etc/hosts`, sorted. They are
    /// on a layer of their own below the changes, so the changes do not hold them.
    package let engineMadePaths: [String]
    /// Things worth knowing that did not stop the step.
    package let warnings: [String]
    /// What ``LayerWork/writeLayer(upper:lowers:request:to:)`` answered, when a layer was asked for and the step
    /// succeeded.
    package let layer: JSON?
}
