import ChalkOCI
import ChalkPlan
import ChalkSpec

/// Files by path, for specs that name some.
struct SpecFilesInMemory: SpecFiles {
    struct Missing: Error {}
    let texts: [String: String]

    func kind(of path: String) -> SpecFileKind {
        if let text = texts[path] { return .file(executable: text.hasPrefix("#!")) }
        return texts.keys.contains { $0.hasPrefix(path + "/") } ? .directory : .missing
    }

    func read(_ path: String, limit: Int) throws -> [UInt8] {
        guard let text = texts[path] else { throw Missing() }
        return Array(text.utf8)
    }
}

/// Plans of specs and Dockerfiles on a base whose config is known.
enum Plans {
    static let location = SpecLocation(
        directory: "/spec",
        files: SpecFilesInMemory(texts: ["/spec/src/a.py": "a", "/spec/run.sh": "#!/bin/sh\n"]))

    static func location(_ dockerfile: String) -> SpecLocation {
        SpecLocation(directory: "/spec", files: SpecFilesInMemory(texts: ["/spec/Dockerfile": dockerfile]))
    }

    /// A base with a PATH, a command, a user, and whatever `change` adds.
    static func base(_ change: (inout RuntimeConfig) -> Void = { _ in }) -> RuntimeConfig {
        var config = RuntimeConfig()
        config.environment = ["PATH=/bin", "FROM_BASE=1"]
        config.command = ["base-command"]
        change(&config)
        return config
    }

    /// An image of a registry below a stage.
    static func image(
        _ name: String, _ platform: Platform = Platform(os: "linux", architecture: "amd64")
    ) throws -> PlanGraph.Base {
        .image(PlatformImage(.registry(try Reference(parsing: name)), for: platform))
    }

    static func plan(
        _ spec: ImageSpec, target: String? = nil, arguments: [String: String] = [:],
        base: RuntimeConfig = base()
    ) throws -> PlanGraph {
        try PlanGraph.lower(
            try Definition(spec),
            PlanRequest(
                platform: Platform(os: "linux", architecture: "amd64"), buildArguments: arguments,
                target: target)
        ) { _, _ in base }
    }

    static func plan(
        dockerfile: String, target: String? = nil, arguments: [String: String] = [:],
        base: RuntimeConfig = base()
    ) throws -> PlanGraph {
        let spec = try ImageSpec.fromDockerfile("Dockerfile", in: location(dockerfile))
        return try plan(spec, target: target, arguments: arguments, base: base)
    }

    /// A plan with named contexts, and the images that it asked for.
    static func plan(
        dockerfile: String, contexts: [String: String], target: String? = nil
    ) throws -> (graph: PlanGraph, asked: [String]) {
        let spec = try ImageSpec.fromDockerfile("Dockerfile", in: location(dockerfile))
        var asked: [String] = []
        let graph = try PlanGraph.lower(
            try Definition(spec),
            PlanRequest(
                platform: Platform(os: "linux", architecture: "amd64"), target: target,
                namedContexts: try contexts.mapValues { try NamedContext($0) })
        ) { image, _ in
            let name = image.source.description
            if !asked.contains(name) { asked.append(name) }
            return base()
        }
        return (graph, asked)
    }

    static func runs(_ graph: PlanGraph) -> [RunOperation] {
        graph.stages[graph.target].steps.compactMap { step in
            if case .run(let operation) = step.operation { return operation }
            return nil
        }
    }
}
