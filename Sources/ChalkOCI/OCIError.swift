/// Text or JSON that is not what the OCI specifications ask for.
package struct OCIError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Code: Hashable, Sendable {
        case invalidReference, invalidJSON, invalidDocument, unsupported
    }

    /// What is wrong.
    package let code: Code
    /// One lower-case sentence.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
