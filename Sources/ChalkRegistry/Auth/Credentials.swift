/// What proves to a registry who asks. Its text form says nothing about it.
package enum Credential: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// A user name and a password or access token.
    case basic(username: String, password: String)

    package var description: String { "a credential" }
    package var debugDescription: String { description }
}

/// Where credentials come from.
package protocol CredentialProvider: Sendable {
    /// The credential for a registry as references name it (`docker.io`, `localhost:5000`); nil to go on without.
    ///
    /// Asked whenever a registry wants one, so a helper's fresh answer is used.
    func credential(for registry: String) throws -> Credential?
}

/// Has no credential for anybody.
package struct AnonymousCredentials: CredentialProvider {
    /// The provider.
    package init() {}

    package func credential(for registry: String) -> Credential? { nil }
}
