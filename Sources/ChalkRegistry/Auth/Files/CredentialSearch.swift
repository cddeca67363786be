internal import ChalkOCI

/// How a credential was looked for: every place, in order, and what came of it.
package struct CredentialSearch: Sendable {
    /// Where one may be.
    package enum Place: Hashable, Sendable {
        /// Given by the program itself.
        case program
        /// The member `auths` of a file.
        case file(String)
        /// A helper, by its program's name, which a member of a file names.
        case helper(String, file: String, member: String)
    }

    /// What came of looking.
    package enum Outcome: Hashable, Sendable {
        /// There is no such file.
        case isAbsent
        /// It has nothing for the registry.
        case hasNone
        /// It has a user name and password, or an identity token, under this name.
        case hasPassword(String)
        case hasToken(String)
        /// It could not be asked; why.
        case failed(String)
    }

    /// One place.
    package struct Step: Hashable, Sendable {
        package let place: Place
        package let outcome: Outcome
    }

    /// Every place that was looked at.
    package private(set) var steps: [Step] = []
    private var credential: Credential?
    private var failure: (any Error)?

    /// The credential, nil where there is none; throws why the search ended early.
    func get() throws -> Credential? {
        if let failure { throw failure }
        return credential
    }

    /// Looks for the credential of a repository.
    init(_ sources: CredentialSources, for name: RegistryName) {
        if let account = sources.accounts[name.registry] {
            found(.basic(username: account.username, password: account.password), at: .program, "")
            return
        }
        do {
            for path in sources.files where credential == nil {
                guard let file = try CredentialFile(path) else {
                    steps.append(Step(place: .file(path), outcome: .isAbsent))
                    continue
                }
                try look(in: file, name, sources)
            }
        } catch {
            failure = error
        }
    }

    private mutating func look(
        in file: CredentialFile, _ name: RegistryName, _ sources: CredentialSources
    ) throws {
        if let (program, member) = file.helper(for: name) {
            let place = Place.helper(
                "docker-credential-" + PlainText.clean(program), file: file.path, member: member)
            do {
                let server = RegistryName(registry: name.registry, repository: "").serverURL
                let helper = try CredentialHelper(named: program, environment: sources.helperEnvironment)
                if let credential = try helper.get(server) { return found(credential, at: place, server) }
                steps.append(Step(place: place, outcome: .hasNone))
            } catch let fault as Fault {
                steps.append(Step(place: place, outcome: .failed(fault.reason)))
                throw fault
            }
        }
        let place = Place.file(file.path)
        guard let entry = file.entry(for: name) else {
            steps.append(Step(place: place, outcome: .hasNone))
            return
        }
        let key = PlainText.clean(entry.name)
        do {
            if let credential = try CredentialEntry.read(entry.value, key: key, in: file.path) {
                found(credential, at: place, key)
            } else {
                // What Docker writes beside a helper.
                steps.append(Step(place: place, outcome: .hasNone))
            }
        } catch {
            steps.append(Step(place: place, outcome: .failed(error.reason)))
            throw error
        }
    }

    private mutating func found(_ credential: Credential, at place: Place, _ key: String) {
        self.credential = credential
        switch credential {
        case .basic: steps.append(Step(place: place, outcome: .hasPassword(key)))
        case .identityToken: steps.append(Step(place: place, outcome: .hasToken(key)))
        }
    }
}

/// Credentials of ``CredentialSources``, looked for whenever a registry asks.
package struct StoredCredentials: CredentialProvider {
    private let sources: CredentialSources

    /// Credentials of some sources.
    package init(_ sources: CredentialSources) { self.sources = sources }

    package func credential(for registry: String, repository: String) throws -> Credential? {
        try search(registry, repository).get()
    }

    /// The search itself, for people.
    package func search(_ registry: String, _ repository: String) -> CredentialSearch {
        CredentialSearch(sources, for: RegistryName(registry: registry, repository: repository))
    }
}
