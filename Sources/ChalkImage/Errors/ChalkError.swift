/// What every call of the library throws: a sentence for people and a kind for programs.
public struct ChalkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller can do about it.
    public enum Kind: Hashable, Sendable {
        /// The spec, Dockerfile, reference or option is wrong.
        case invalidInput
        /// An image, blob or file is not there.
        case notFound
        /// A registry refused the credentials, or wants some.
        case authentication
        /// A step, a transfer or the machine failed.
        case failed
        /// A container was to run a program that is not in it.
        case programNotFound
        /// A container was to run something that cannot be executed.
        case programRefused
        /// The caller cancelled.
        case interrupted
    }

    /// What a caller can do about it.
    public let kind: Kind
    /// One lower-case sentence: what was being done to what, why it failed, how to go on. Never a secret.
    public let description: String

    /// An error from its parts.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
