/// One RUN, with everything it can see.
package struct RunOperation: Hashable, Sendable {
    /// An address that a step knows by a name.
    package struct HostName: Hashable, Sendable {
        /// The name.
        package let name: String
        /// IPv4 or IPv6.
        package let address: String

        /// A name with its address.
        package init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    /// The program and its arguments.
    package let arguments: [String]
    /// `NAME=value`, all that the step can see.
    package let environment: [String]
    /// Absolute.
    package let workingDirectory: String
    /// `user[:group]`, empty for root.
    package let user: String
    /// In the order of the instruction.
    package let mounts: [RunMountOperation]
    /// Without a network but loopback.
    package let isolatedNetwork: Bool
    /// More lines of /etc/hosts.
    package let hosts: [HostName]
    /// How to go on when the program is not there; never part of a key.
    package let missingProgramHint: String?

    package init(
        arguments: [String], environment: [String], workingDirectory: String, user: String,
        mounts: [RunMountOperation], isolatedNetwork: Bool, hosts: [HostName] = [],
        missingProgramHint: String? = nil
    ) {
        self.missingProgramHint = missingProgramHint
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.mounts = mounts
        self.isolatedNetwork = isolatedNetwork
        self.hosts = hosts
    }
}

/// What is mounted while a command runs. Targets are absolute.
package enum RunMountOperation: Hashable, Sendable {
    /// A part of the build context or of another stage.
    package struct Tree: Hashable, Sendable {
        /// Where it is.
        package enum Origin: Hashable, Sendable {
            /// The build context, after its ignore rules.
            case context
            /// Another stage, finished.
            case stage(Int)
        }

        /// Where it is.
        package let origin: Origin
        /// Absolute there; `/` for all of it.
        package let path: String

        package init(origin: Origin, path: String) {
            self.origin = origin
            self.path = path
        }
    }

    /// Mode and owner of what is mounted.
    package struct Access: Hashable, Sendable {
        /// Permission bits.
        package let mode: UInt32
        /// User.
        package let uid: UInt32
        /// Group.
        package let gid: UInt32

        package init(_ mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0) {
            self.mode = mode
            self.uid = uid
            self.gid = gid
        }
    }

    /// A directory kept between builds.
    package struct Cache: Hashable, Sendable {
        /// What steps that use it at the same time do.
        package enum Sharing: String, Hashable, Sendable {
            /// They write to it together.
            case shared
            /// Each has one of its own.
            case `private`
            /// The second waits.
            case locked
        }

        /// What it is called; mounts of one name, owner and seed are one directory.
        package let id: String
        /// Where it is mounted.
        package let target: String
        /// What steps that use it at the same time do.
        package let sharing: Sharing
        /// For when it is made.
        package let access: Access
        /// What it holds when it is made; nil for nothing.
        package let seed: Tree?
        /// Whether the step may not write to it.
        package let readOnly: Bool

        package init(
            id: String, target: String, sharing: Sharing = .shared, access: Access = Access(0o755),
            seed: Tree? = nil, readOnly: Bool = false
        ) {
            self.id = id
            self.target = target
            self.sharing = sharing
            self.access = access
            self.seed = seed
            self.readOnly = readOnly
        }
    }

    /// A value that a build is given and that stays nowhere.
    package struct Secret: Hashable, Sendable {
        /// Which.
        package let id: String
        /// The file that holds it; nil for none.
        package let target: String?
        /// The variable that holds it; nil for none.
        package let variable: String?
        /// Whether a build that was not given it fails.
        package let isRequired: Bool
        /// Of the file.
        package let access: Access

        package init(id: String, target: String?, variable: String?, isRequired: Bool, access: Access) {
            self.id = id
            self.target = target
            self.variable = variable
            self.isRequired = isRequired
            self.access = access
        }
    }

    /// A socket of an SSH agent.
    package struct Agent: Hashable, Sendable {
        /// Which.
        package let id: String
        /// Where it is.
        package let target: String
        /// Whether a build that was not given it fails.
        package let isRequired: Bool
        /// Of the socket.
        package let access: Access

        package init(id: String, target: String, isRequired: Bool, access: Access) {
            self.id = id
            self.target = target
            self.isRequired = isRequired
            self.access = access
        }
    }

    /// Files of elsewhere; what the step writes there is thrown away.
    case bind(Tree, target: String, readOnly: Bool)
    /// A directory kept between builds; never part of a layer or key.
    case cache(Cache)
    /// Memory that is gone after the step.
    case temporary(target: String, size: Int64?)
    /// A file that is there while the command runs only.
    case file(target: String, contents: [UInt8])
    /// A value that stays nowhere.
    case secret(Secret)
    /// An SSH agent.
    case agent(Agent)

    /// The files that it shows or begins with.
    package var tree: Tree? {
        switch self {
        case .bind(let tree, _, _): tree
        case .cache(let cache): cache.seed
        case .temporary, .file, .secret, .agent: nil
        }
    }

    /// The stage that must be finished before the step.
    var stage: Int? { tree?.stage }
}

extension RunMountOperation.Tree {
    /// The stage that it is a part of.
    package var stage: Int? {
        if case .stage(let index) = origin { return index }
        return nil
    }
}
