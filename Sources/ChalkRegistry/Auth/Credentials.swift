/// What proves to a registry who asks. Its text form says nothing about it.
package enum Credential: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// A user name and a password or access token.
    case basic(username: String, password: String)
    /// What a token service gave at a log-in, to be exchanged for tokens; the user name may be empty.
    case identityToken(username: String, token: String)

    package var description: String { "a credential" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Where credentials come from.
package protocol CredentialProvider: Sendable {
    /// The credential for a repository of a registry as references name them (`docker.io`, `localhost:5000`);
    /// nil to go on without. An empty repository is the registry as a whole.
    ///
    /// Asked whenever a registry wants one, so a helper's fresh answer is used.
    func credential(for registry: String, repository: String) throws -> Credential?
}

/// Has no credential for anybody.
package struct AnonymousCredentials: CredentialProvider {
    /// The provider.
    package init() {}

    package func credential(for registry: String, repository: String) -> Credential? { nil }
}
