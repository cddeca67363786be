/// The `config` object of an image: what a container starts with.
public struct RuntimeConfig: Hashable, Sendable {
    /// `user[:group]`, empty for root.
    public var user = ""
    /// `NAME=value`, in order, each name once.
    public var environment: [String] = []
    /// Nil for none.
    public var entrypoint: [String]?
    /// Nil for none.
    public var command: [String]?
    /// Empty for `/`.
    public var workingDirectory = ""
    /// Names and values.
    public var labels: [String: String] = [:]
    /// `80/tcp`.
    public var exposedPorts: Set<String> = []
    /// Mount points.
    public var volumes: Set<String> = []
    /// `SIGTERM`, or nil.
    public var stopSignal: String?
    /// Docker's: the shell of shell-form instructions.
    public var shell: [String]?
    /// Docker's: instructions for images built on this one.
    public var onBuild: [String] = []
    /// Docker's.
    public var healthcheck: Healthcheck?

    /// Docker's HEALTHCHECK.
    public struct Healthcheck: Hashable, Sendable {
        /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", command]`.
        public var test: [String]
        /// Nanoseconds.
        public var interval: Int64?
        /// Nanoseconds.
        public var timeout: Int64?
        /// Nanoseconds.
        public var startPeriod: Int64?
        /// Nanoseconds.
        public var startInterval: Int64?
        /// Failures until unhealthy.
        public var retries: Int64?

        /// A check from its test words.
        public init(test: [String]) { self.test = test }
    }

    /// A config that says nothing.
    public init() {}

    /// Sets a variable; it then comes last, as in Buildah.
    public mutating func set(_ name: String, to value: String) {
        environment.removeAll { $0.hasPrefix(name + "=") }
        environment.append("\(name)=\(value)")
    }

    /// A variable's value.
    public func value(of name: String) -> String? {
        environment.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
