internal import ChalkOCI
internal import ChalkSystem
private import Synchronization

/// A container on this machine: an image that runs until it ends or is stopped.
///
/// ```swift
/// let container = Container(image, in: store, name: "hello", cpu: "500m", memory: "2Gi")
/// try await container.run()
/// let result = try await container.exec("python", "/app/script.py")
/// print(result.stdoutText)
/// try await container.stop()
/// ```
///
/// It goes on when the program that started it ends; ``from(id:in:)`` and ``from(name:in:)`` find it again. A program
/// that starts containers calls ``BuildWorker/runIfRequested(arguments:)`` first thing in `main`.
public final class Container: Sendable {
    /// Where its image comes from.
    private enum Source: Sendable {
        case image(Image)
        case reference(String)
        case running
    }

    private struct State: Sendable {
        var info: ContainerInfo?
        var imageURI: String?
    }

    /// Where its image and its state are kept.
    public let store: ImageStore
    /// How it is started.
    public let options: ContainerOptions
    /// Where its secrets are looked up.
    public let secretSources: SecretSources
    private let source: Source
    private let state: Mutex<State>

    /// A container of an image that ``run(_:transfer:report:)`` builds first.
    public init(
        _ image: Image, in store: ImageStore, options: ContainerOptions, secretSources: SecretSources? = nil
    ) {
        self.store = store
        self.options = options
        self.secretSources = secretSources ?? .current
        source = .image(image)
        state = Mutex(State())
    }

    /// A container of an image of the store, or of a registry where the store has none of that name.
    public init(
        _ reference: String, in store: ImageStore, options: ContainerOptions,
        secretSources: SecretSources? = nil
    ) {
        self.store = store
        self.options = options
        self.secretSources = secretSources ?? .current
        source = .reference(reference)
        state = Mutex(State(imageURI: reference))
    }

    /// A container of an image that is built first.
    ///
    /// - Parameters: as ``ContainerOptions`` has them.
    public convenience init(
        _ image: Image, in store: ImageStore, name: String? = nil, cpu: String? = nil, memory: String? = nil,
        gpu: String? = nil, env: [String: String] = [:], entrypoint: [String]? = nil, port: UInt16? = nil,
        volumes: VolumeMounts = [:], secrets: [Secret] = [], lifetime: Duration? = nil
    ) {
        let options = ContainerOptions(
            name, cpu, memory, gpu, env, entrypoint, port, volumes, secrets, lifetime)
        self.init(image, in: store, options: options)
    }

    /// A container of an image of the store or of a registry.
    ///
    /// - Parameters: as ``ContainerOptions`` has them.
    public convenience init(
        _ reference: String, in store: ImageStore, name: String? = nil, cpu: String? = nil,
        memory: String? = nil, gpu: String? = nil, env: [String: String] = [:], entrypoint: [String]? = nil,
        port: UInt16? = nil, volumes: VolumeMounts = [:], secrets: [Secret] = [], lifetime: Duration? = nil
    ) {
        let options = ContainerOptions(
            name, cpu, memory, gpu, env, entrypoint, port, volumes, secrets, lifetime)
        self.init(reference, in: store, options: options)
    }

    private init(_ info: ContainerInfo, in store: ImageStore) {
        self.store = store
        options = ContainerOptions()
        secretSources = .current
        source = .running
        state = Mutex(State(info: info, imageURI: info.image))
    }

    /// The container with an ID, or with what the ID begins with.
    public static func from(id: String, in store: ImageStore) async throws -> Container {
        try await ChalkError.offload { _ in Container(try store.container(id), in: store) }
    }

    /// The container with a name.
    public static func from(name: String, in store: ImageStore) async throws -> Container {
        try await from(id: name, in: store)
    }

    /// All containers of a store, the latest first.
    public static func list(in store: ImageStore) async throws -> [Container] {
        try await ChalkError.offload { _ in try store.containers().map { Container($0, in: store) } }
    }

    /// Its ID; nil until it has been started.
    public var id: String? { info?.id }
    /// What was known of it when it was last looked at; nil until it has been started.
    public var info: ContainerInfo? { state.withLock { $0.info } }
    /// The image as a reference or digest; nil until it is built.
    public var imageURI: String? { state.withLock { $0.imageURI } }

    /// Builds or fetches the image, starts it in the background, and waits until its process has started.
    ///
    /// A container that has no program to run waits for ``exec(_:options:)`` and ``stop(grace:)``.
    /// - Parameters:
    ///   - build: how the image is built.
    ///   - report: told how the build goes on.
    /// - Returns: this container.
    @discardableResult
    public func run(
        _ build: BuildOptions = BuildOptions(),
        report: @escaping @Sendable (BuildEvent) -> Void = { _ in }
    ) async throws -> Container {
        if let info, info.status != .exited {
            throw ChalkError(.invalidInput, "the container \(info.title) runs already")
        }
        let image = try await image(build, report)
        var options = options
        options.mayIdle = true
        options.keepsInputOpen = true
        let info = try await ChalkError.offload { [store, options, secretSources] cancellation in
            let id = try store.performStart(
                image, options, secrets: secretSources, build.transfer, cancellation: cancellation)
            return try store.container(id)
        }
        state.withLock { $0 = State(info: info, imageURI: image) }
        return self
    }

    private func image(
        _ build: BuildOptions, _ report: @escaping @Sendable (BuildEvent) -> Void
    ) async throws -> String {
        switch source {
        case .image(let image):
            let built = try await ImageBuilder(store: store).build(image, build, report: report)
            return built.names.first?.description ?? built.manifest.digest.description
        case .reference(let name):
            do {
                _ = try store.inspect(name)
            } catch let error as ChalkError where error.kind == .notFound && !name.hasPrefix("sha256:") {
                try await store.pull(try Reference(name), build.transfer)
            }
            return name
        case .running:
            throw ChalkError(.invalidInput, "a container that was found cannot be started again")
        }
    }

    /// Asks it to end, kills it when it has not after the grace, and waits until nothing of it is left but its log and
    /// how it ended; with ``ContainerOptions/isRemovedAtEnd`` not even that.
    public func stop(grace: Duration = .seconds(10)) async throws {
        let id = try started()
        try await ChalkError.offload { [store] _ in
            try store.performStop(id, grace: grace)
        }
        if options.isRemovedAtEnd { return }
        try await refresh()
    }

    /// Looks what has become of it.
    @discardableResult
    public func refresh() async throws -> ContainerInfo {
        let id = try started()
        let info = try await ChalkError.offload { [store] _ in try store.container(id) }
        state.withLock { $0.info = info }
        return info
    }

    /// Removes what is known of it; one that runs is killed first.
    public func remove() async throws {
        let id = try started()
        try await ChalkError.offload { [store] _ in
            try store.performRemoveContainer(id, force: true)
        }
    }

    /// What it has written.
    public func logs(tail: Int? = nil) async throws -> String {
        let id = try started()
        return try await ChalkError.offload { [store] cancellation in
            var bytes: [UInt8] = []
            var options = LogOptions()
            options.tail = tail
            try store.performLogs(id, options, cancellation: cancellation) { piece in
                switch piece {
                case .output(let more), .errors(let more): bytes += more
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    func started() throws(ChalkError) -> String {
        guard let id else {
            throw ChalkError(.invalidInput, "the container was not started; call run() first")
        }
        return id
    }
}

extension ContainerOptions {
    fileprivate init(
        _ name: String?, _ cpu: String?, _ memory: String?, _ gpu: String?, _ env: [String: String],
        _ entrypoint: [String]?, _ port: UInt16?, _ volumes: VolumeMounts, _ secrets: [Secret],
        _ lifetime: Duration?
    ) {
        self.init()
        self.name = name
        self.cpu = cpu
        self.memory = memory
        self.gpu = gpu
        environment = env.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        self.entrypoint = entrypoint
        ports = port.map { [PublishedPort($0)] } ?? []
        self.volumes = volumes
        self.secrets = secrets
        self.lifetime = lifetime
    }
}

extension SecretSources {
    /// The variables and the working directory of this process.
    public static var current: SecretSources {
        SecretSources(
            environment: CurrentProcess.environment,
            workingDirectory: (try? FileSystem.currentDirectory()) ?? "/")
    }
}
