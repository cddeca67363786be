/// What a machine says of registries: mirrors, exceptions from TLS, and what is blocked. In the manner of
/// containers' `registries.conf`; `docs/registries.md` has the form of the file.
public struct RegistryRules: Hashable, Sendable {
    /// Somebody who may have the same images.
    public struct Mirror: Hashable, Sendable {
        /// Instead of the rule's prefix: `mirror.local:5000/hub`.
        public var location: String
        /// Whether plain HTTP and certificates that nobody vouches for will do.
        public var isInsecure: Bool

        /// A mirror.
        public init(location: String, isInsecure: Bool = false) {
            self.location = location
            self.isInsecure = isInsecure
        }
    }

    /// What is said of the images whose names start alike.
    public struct Rule: Hashable, Sendable {
        /// `docker.io`, `quay.io/team`, `quay.io/team/app`, or `*.example.com` for every host below one.
        public var prefix: String
        /// What is asked instead of the prefix for pulls; nil for the prefix itself.
        public var location: String?
        /// Whether plain HTTP and certificates that nobody vouches for will do.
        public var isInsecure: Bool
        /// Whether such images are neither pulled nor pushed.
        public var isBlocked: Bool
        /// Who is asked first, in order; for pulls alone.
        public var mirrors: [Mirror]

        /// A rule.
        public init(
            prefix: String, location: String? = nil, isInsecure: Bool = false, isBlocked: Bool = false,
            mirrors: [Mirror] = []
        ) {
            self.prefix = prefix
            self.location = location
            self.isInsecure = isInsecure
            self.isBlocked = isBlocked
            self.mirrors = mirrors
        }
    }

    /// The rules; the one with the longest prefix counts.
    public var rules: [Rule]
    /// The file that they came from, for errors; nil where none.
    public var file: String?

    /// Rules of one's own.
    public init(_ rules: [Rule] = []) {
        self.rules = rules
    }
}
