internal import ChalkSystem

/// A socket inside the step through which it may ask an SSH agent for its public keys and for signatures, and for
/// nothing else: a step can neither take keys out of the agent nor lock it.
///
/// A process of its own between the two: agents answer only to their own user, and a step may run as any. It ends
/// with the worker's process namespace.
struct AgentRelay {
    /// Where its files go; made here, in memory.
    let directory: String

    private static let socketName = "socket"
    private static let agentName = "agent"

    /// Starts it; gives the path of the socket.
    func start(_ agent: StepMount.Agent, _ access: StepMount.Access) throws -> String {
        try FileSystem.makeDirectories(directory, mode: 0o755)
        // Whole paths may be longer than a socket's name can be, so all goes by names in this directory.
        try CurrentProcess.changeDirectory(directory)
        defer { try? CurrentProcess.changeDirectory("/") }
        let upstream: String
        switch agent {
        case .socket(let path): upstream = path
        case .keys(let keys): upstream = try startAgent(keys)
        }
        do throws(SystemError) {
            try LocalSocket.connect(to: upstream).close()
        } catch {
            throw ExecError(
                .invalidRequest,
                "cannot reach the SSH agent at \(upstream): \(error.reason);"
                    + " start one and set SSH_AUTH_SOCK, or give key files: --ssh default=PATH")
        }
        let listener = try LocalSocket.listen(at: AgentRelay.socketName)
        let place = try FileDescriptor.directory(directory)
        try place.changeOwner(uid: access.uid, gid: access.gid, of: AgentRelay.socketName)
        try place.changeMode(access.mode & 0o777, of: AgentRelay.socketName)
        if try CurrentProcess.fork() == 0 { serve(listener, upstream) }
        return "\(directory)/\(AgentRelay.socketName)"
    }

    // MARK: key files

    /// Starts an agent that has the keys; gives its socket, seen from the directory.
    private func startAgent(_ keys: [StepMount.Agent.Key]) throws -> String {
        let agent = try tool("ssh-agent")
        let add = try tool("ssh-add")
        _ = try run(agent, ["-D", "-a", AgentRelay.agentName])
        let place = try FileDescriptor.directory(directory)
        // The agent needs a moment; ssh-add says more than a failed connection if it never comes.
        for _ in 0..<500 where try place.statusIfPresent(of: AgentRelay.agentName) == nil {
            try Pause.wait(.milliseconds(10), Cancellation())
        }
        for key in keys {
            let file = try place.open("key", [.writeOnly, .create, .exclusive], mode: 0o600)
            try file.write(key.content)
            try file.close()
            let end = try run(add, ["-q", "key"]).wait()
            try place.removeFile("key")
            guard end.isSuccess else {
                throw ExecError(
                    .invalidRequest,
                    "cannot give the SSH key \(key.name) to the step: ssh-add does not take it; if it has a"
                        + " passphrase, add it to an agent of yours and use --ssh default")
            }
        }
        return AgentRelay.agentName
    }

    private func tool(_ name: String) throws -> String {
        if let path = ProgramSearch.find(name, in: WorkerLauncher.defaultSearchPath) { return path }
        throw ExecError(
            .missingTool,
            "cannot use SSH key files: \(name) is not installed; install it (Debian: apt-get install"
                + " openssh-client) or give an agent's socket")
    }

    private func run(_ program: String, _ arguments: [String]) throws(SystemError) -> ChildProcess {
        let nothing = try FileDescriptor.open("/dev/null", .readWrite)
        return try ChildProcess.spawn(
            program, arguments: [program] + arguments,
            environment: [
                "PATH=\(WorkerLauncher.defaultSearchPath)", "SSH_AUTH_SOCK=\(AgentRelay.agentName)",
            ],
            descriptors: [
                .init(nothing.raw, as: 0), .init(nothing.raw, as: 1), .init(nothing.raw, as: 2),
            ], session: .own)
    }

    // MARK: the process between

    /// Takes connections for as long as the worker lives, a process for each. Does not return.
    private func serve(_ listener: borrowing FileDescriptor, _ upstream: String) {
        do {
            let number = listener.raw
            // The worker's pipes must not seem to have one more writer.
            if number > 0 { try CurrentProcess.closeDescriptors(0...(number - 1)) }
            try CurrentProcess.closeDescriptors((number + 1)...Int32.max)
            Signals.ignore(Signals.childEnded)
            while true {
                let client = try LocalSocket.accept(listener)
                if try CurrentProcess.fork() == 0 {
                    try AgentConversation(client: client, agent: try LocalSocket.connect(to: upstream))
                        .relay()
                    CurrentProcess.exit(0)
                }
            }
        } catch {
            CurrentProcess.exit(1)
        }
    }
}

/// One connection of a step with an agent (draft-ietf-sshm-ssh-agent): questions and answers in turn, each with its
/// length before it.
struct AgentConversation: ~Copyable {
    private let client: FileDescriptor
    private let agent: FileDescriptor

    /// What a step may ask: its keys (11), a signature (13), and an extension (27), which signing with certificates
    /// of some clients begins with.
    private static let allowed: Set<UInt8> = [11, 13, 27]
    private static let failure: [UInt8] = [0, 0, 0, 1, 5]
    private static let longest = 256 << 10

    init(client: consuming FileDescriptor, agent: consuming FileDescriptor) {
        self.client = client
        self.agent = agent
    }

    /// Passes questions on until the step ends the connection.
    func relay() throws {
        while let question = try AgentConversation.message(from: client) {
            guard let kind = question.dropFirst(4).first, AgentConversation.allowed.contains(kind) else {
                try client.write(AgentConversation.failure)
                continue
            }
            try agent.write(question)
            guard let answer = try AgentConversation.message(from: agent) else { return }
            try client.write(answer)
        }
    }

    /// The next message with its length; nil at the end, and for one that is too long.
    private static func message(from source: borrowing FileDescriptor) throws -> [UInt8]? {
        guard var message = try bytes(4, from: source) else { return nil }
        let length = message.reduce(0) { $0 << 8 | Int($1) }
        guard length <= longest, let body = try bytes(length, from: source) else { return nil }
        message += body
        return message
    }

    private static func bytes(_ count: Int, from source: borrowing FileDescriptor) throws -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = try source.read(into: &buffer, offset: done, count: count - done)
            if got == 0 { return nil }
            done += got
        }
        return buffer
    }
}
