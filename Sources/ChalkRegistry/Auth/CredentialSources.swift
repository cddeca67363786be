/// Where credentials for registries come from: files in the form of Docker's `config.json` and containers'
/// `auth.json`, and the helper programs that they name. Everything is read when a registry asks.
public struct CredentialSources: Hashable, Sendable, CustomReflectable {
    /// A user name and its password or access token.
    public struct Account: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        /// The user name.
        public let username: String
        /// The password or token.
        public let password: String

        /// An account.
        public init(username: String, password: String) {
            self.username = username
            self.password = password
        }

        /// Says nothing of it.
        public var description: String { "an account" }

        /// The same.
        public var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    /// Accounts that are given and not looked for, by registry as references name it (`docker.io`).
    public var accounts: [String: Account]
    /// Files, absolute; the first that has something for a registry counts. `login` writes to the first.
    public var files: [String]
    /// The variables of helpers; `PATH` says where they are.
    public var helperEnvironment: [String: String]

    /// No credentials.
    public init() {
        accounts = [:]
        files = []
        helperEnvironment = [:]
    }

    /// The files of a user, by the variables that name them: `REGISTRY_AUTH_FILE` alone, or the `config.json`
    /// in `DOCKER_CONFIG` alone; else Docker's in the home, then containers' `auth.json` below
    /// `XDG_RUNTIME_DIR` and `XDG_CONFIG_HOME`.
    public init(environment: [String: String]) {
        self.init()
        helperEnvironment = environment
        func directory(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        if let file = environment["REGISTRY_AUTH_FILE"], !file.isEmpty {
            files = [file]
        } else if let docker = environment["DOCKER_CONFIG"], !docker.isEmpty {
            files = ["\(docker)/config.json"]
        } else {
            let configuration = directory("XDG_CONFIG_HOME") ?? directory("HOME").map { "\($0)/.config" }
            files = [
                directory("HOME").map { "\($0)/.docker/config.json" },
                directory("XDG_RUNTIME_DIR").map { "\($0)/containers/auth.json" },
                configuration.map { "\($0)/containers/auth.json" },
            ].compactMap { $0 }
        }
    }

    /// The names of the files alone: variables may hold secrets.
    public var customMirror: Mirror { Mirror(self, children: ["files": files]) }
}
