package import ChalkOCI

/// Everything that decides how one step runs. Paths inside are absolute paths of the step's root file system
/// unless they are called sources, which are absolute paths of the host.
package struct StepRequest: Hashable, Sendable {
    /// What network a step sees.
    package enum Network: String, Hashable, Sendable {
        /// The host's.
        case host
        /// A loopback interface of its own.
        case none
    }

    /// One more line of the step's /etc/hosts.
    package struct HostEntry: Hashable, Sendable {
        /// The name.
        package let name: String
        /// An IPv4 or IPv6 address.
        package let address: String

        /// An entry from its parts.
        package init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    /// Unpacked layers, nearest (topmost) first; see ``Snapshot/directories``.
    package var lowers: [String]
    /// Program and arguments; never empty.
    package var arguments: [String]
    /// `NAME=value`: the image's and the step's variables.
    package var environment: [String] = []
    /// `NAME=value`: variables for this run only, which win over ``environment``.
    package var extraEnvironment: [String] = []
    /// Made, owned by the user, where it is missing.
    package var workingDirectory = "/"
    /// `user[:group]`, names or numbers; empty for root.
    package var user = ""
    /// What `hostname` says; fixed, so that it cannot enter results.
    package var hostname = "chalk"
    /// The network.
    package var network = Network.host
    /// Lines for /etc/hosts.
    package var extraHosts: [HostEntry] = []
    /// What is mounted besides the standard file systems; one below another comes after it, whatever the order here.
    package var mounts: [StepMount] = []
    /// How much of the machine it may use.
    package var limits = StepLimits()
    /// Source of a CA bundle that replaces the image's; see ``StepMountTable``.
    package var hostCertificates: String?
    /// The value of SOURCE_DATE_EPOCH, seconds since 1970.
    package var sourceDateEpoch: Int64?
    /// What a step that fails is kept as, for a look at it: words for people; nil for not at all. A step that is
    /// kept replaces the one that was kept before.
    package var keptAs: String?
    /// When set and the step succeeds, its changes are written as a layer with this request to ``LayerWork``.
    package var layer: JSON?

    /// A step of some arguments on some layers.
    package init(lowers: [String], arguments: [String]) {
        self.lowers = lowers
        self.arguments = arguments
    }
}
