/// Why a definition cannot become a plan.
package struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Code: Hashable, Sendable {
        /// The definition contradicts itself or names what is not there.
        case invalid
        /// The definition is right, but this version cannot do it.
        case unsupported
    }

    /// What is wrong.
    package let code: Code
    /// One lower-case sentence that begins with the place: `Dockerfile:12` or a JSON path.
    package let description: String

    package init(_ code: Code, at place: String?, _ sentence: String) {
        self.code = code
        description = place.map { "\($0): \(sentence)" } ?? sentence
    }
}
