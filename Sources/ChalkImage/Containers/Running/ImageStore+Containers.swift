internal import ChalkExec
package import ChalkOCI
internal import ChalkStore
package import ChalkSystem

extension ImageStore {
    /// Runs an image in the foreground, with this process' standard input and outputs.
    ///
    /// - Parameters:
    ///   - isTerminal: whether standard input is a terminal that is passed on.
    ///   - relay: through which the container is sent signals meanwhile.
    /// - Returns: how it ended.
    package func performRun(
        _ image: String, _ options: ContainerOptions, isTerminal: Bool = false, secrets: SecretSources,
        _ transfer: TransferOptions, relay: SignalRelay = SignalRelay(), cancellation: Cancellation
    ) throws -> ContainerInfo.End {
        try ChalkError.wrap {
            try ContainerLaunch(
                store: self, options: options, secrets: secrets, transfer: transfer,
                cancellation: cancellation
            ).run(image, terminal: isTerminal, relay)
        }
    }

    /// Starts an image in the background and waits until its process has started.
    ///
    /// - Returns: the container's ID.
    package func performStart(
        _ image: String, _ options: ContainerOptions, secrets: SecretSources, _ transfer: TransferOptions,
        cancellation: Cancellation
    ) throws -> String {
        try ChalkError.wrap {
            try ContainerLaunch(
                store: self, options: options, secrets: secrets, transfer: transfer,
                cancellation: cancellation
            ).start(image)
        }
    }

    /// The containers of the store, the latest first. What is said of each is true now, whoever was killed.
    public func containers() throws -> [ContainerInfo] {
        try ChalkError.wrap { try ContainerDirectory(content).entries().map(\.info) }
    }

    /// The container that a name, an ID or the beginning of one means.
    public func container(_ name: String) throws -> ContainerInfo {
        try ChalkError.wrap { try ContainerDirectory(content).find(name).info }
    }

    /// The document of `inspect` for a container; nil where none has that name or ID.
    package func containerDocument(_ name: String) throws -> JSON? {
        try ChalkError.wrap { try ContainerDirectory(content).lookUp(name)?.json }
    }

    /// Asks a container to end, and kills it when it has not after the grace; waits until nothing of it is left.
    /// One that has ended is no error.
    ///
    /// - Parameter grace: nothing is waited for where the container's process takes no notice of being asked.
    package func performStop(_ name: String, grace: Duration) throws {
        try ChalkError.wrap { try stop(ContainerDirectory(content).find(name), grace: grace) }
    }

    /// Sends a signal to a container's process.
    package func performKill(_ name: String, signal: Int32) throws {
        try ChalkError.wrap {
            let directory = try ContainerDirectory(content)
            let entry = try directory.find(name)
            guard entry.state.status != .exited,
                try ContainerControl.send(ProcessSignal(signal), to: directory.path(of: entry.record.id))
            else { throw ChalkError.notRunning(entry.record.title) }
        }
    }

    /// Removes what is known of a container that has ended.
    ///
    /// - Parameter force: whether one that runs is killed first.
    package func performRemoveContainer(_ name: String, force: Bool) throws {
        try ChalkError.wrap {
            let directory = try ContainerDirectory(content)
            let entry = try directory.find(name)
            if entry.state.status != .exited {
                guard force else {
                    throw ChalkError(
                        .invalidInput,
                        "the container \(entry.record.title) runs; stop it first, or say --force")
                }
                try stop(entry, grace: .zero)
            }
            try directory.remove(entry.record.id)
        }
    }

    /// Removes what is known of containers that ended some time ago; says how many.
    func pruneContainers(olderThan seconds: Int64, isDryRun: Bool) throws -> Int {
        let directory = try ContainerDirectory(content)
        let latest = WallClock.seconds() - seconds
        let old = try directory.entries().filter {
            $0.state.status == .exited && ($0.state.finished ?? $0.record.created) <= latest
        }
        if !isDryRun { for entry in old { try directory.remove(entry.record.id) } }
        return old.count
    }

    func stop(_ entry: ContainerEntry, grace: Duration) throws {
        let directory = try ContainerDirectory(content)
        let path = directory.path(of: entry.record.id)
        if entry.state.status != .exited {
            if grace > .zero {
                try ContainerControl.send(
                    ProcessSignal(entry.record.stopSignal, mustBeNoticed: true), to: path)
                if let mark = entry.state.process, let process = ProcessHandle.find(mark) {
                    try process.waitForEnd(within: grace)
                }
            }
            try ContainerControl.send(ProcessSignal(Signals.kill), to: path)
        }
        try directory.waitForEnd(of: entry.record.id)
        // Where its supervisor was killed meanwhile, the rest is done here.
        _ = try directory.entry(entry.record.id)
    }
}

extension ChalkError {
    static func notRunning(_ title: String) -> ChalkError {
        ChalkError(.notFound, "the container \(title) does not run")
    }
}
