/// Something mounted into a step.
package enum StepMount: Hashable, Sendable {
    /// Mode and owner of what a mount brings along.
    package struct Access: Hashable, Sendable {
        /// Permission bits.
        package var mode: UInt32
        /// User inside.
        package var uid: UInt32
        /// Group inside.
        package var gid: UInt32

        /// Permission bits and an owner, by default root.
        package init(_ mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0) {
            self.mode = mode
            self.uid = uid
            self.gid = gid
        }
    }

    /// A file or directory of some layers.
    package struct Tree: Hashable, Sendable {
        /// Unpacked layers, nearest first; none for an empty directory.
        package var lowers: [String]
        /// Absolute in the tree that they make; links are followed in it.
        package var path: String

        /// A part of some layers.
        package init(lowers: [String], path: String = "/") {
            self.lowers = lowers
            self.path = path
        }
    }

    /// An SSH agent that a step may have signatures from.
    package enum Agent: Hashable, Sendable {
        /// One that runs, by the path of its socket.
        case socket(String)
        /// One that is started for the step, with private keys.
        case keys([Key])

        /// A private key.
        package struct Key: Hashable, Sendable {
            /// For people: the path it came from.
            package let name: String
            /// The file's bytes.
            package let content: [UInt8]

            /// A key from its parts.
            package init(name: String, content: [UInt8]) {
                self.name = name
                self.content = content
            }
        }
    }

    /// A file or directory of the host.
    case bind(source: String, destination: String, readOnly: Bool)
    /// A part of other layers. What the step writes there, where it may, is thrown away.
    case tree(Tree, destination: String, readOnly: Bool)
    /// A directory of the host that steps share and write to. Where it is missing it is made, with the given mode
    /// and owner, or as a copy of a part of some layers.
    case cache(
        source: String, destination: String, access: Access = Access(0o755), seed: Tree? = nil,
        readOnly: Bool = false)
    /// Memory that ends with the step; `size` in bytes.
    case tmpfs(destination: String, size: Int64? = nil)
    /// A file in memory that ends with the step.
    case file(content: [UInt8], destination: String, access: Access = Access(0o644))
    /// The same, never written down anywhere; `id` is what a request that is kept says of it.
    case secret(id: String, content: [UInt8], destination: String, access: Access = Access(0o400))
    /// A socket through which the step asks an SSH agent; `SSH_AUTH_SOCK` names the first one.
    case agent(Agent, destination: String, access: Access = Access(0o600))

    /// Where it appears.
    package var destination: String {
        switch self {
        case .bind(_, let destination, _), .tree(_, let destination, _), .cache(_, let destination, _, _, _),
            .tmpfs(let destination, _), .file(_, let destination, _), .secret(_, _, let destination, _),
            .agent(_, let destination, _):
            destination
        }
    }
}
