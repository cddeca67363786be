import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// The tutorial's webhook orchestrator: FastAPI and uvicorn from PyPI, SQLite on a named volume, a port, secrets.
@Suite(.serialized) struct OrchestratorTests {
    private static let base = "python:3.11-slim-bookworm"
    private let lab: ContainerLab
    private let port: Int
    private let marker = "sEcReT-\(UInt64.random(in: 1 << 60 ... .max))"

    init() throws {
        lab = try ContainerLab()
        port = try DockerRegistry.freePort()
        let example = PathText.parent(of: #filePath) + "/../../../Fixtures/examples/webhook-orchestrator"
        try lab.lab.tool("cp", "\(example)/orchestrator.py", "\(example)/image.json", ".")
        try lab.lab.write(
            "CONTROLLER_URL=http://127.0.0.1:9\nCONTROLLER_API_KEY='\(marker)'\n", "secrets.env", mode: 0o600)
    }

    /// Asks the service, once it listens.
    private func ask(_ path: String, _ words: [String] = []) throws -> String {
        let tries = ["--retry", "60", "--retry-connrefused", "--retry-delay", "1"]
        return try BuiltCommand.check(
            ["curl", "-fsS", "--noproxy", "*"] + tries + words + ["http://127.0.0.1:\(port)\(path)"]
        ).output
    }

    private func agents() throws -> [String] {
        let rows = try JSONSerialization.jsonObject(with: Data(ask("/agents").utf8)) as? [[String: Any]]
        return try #require(rows).compactMap { $0["id"] as? String }
    }

    private func start() throws -> BuiltCommand.Ran {
        try lab.chalk(
            "run", "-d", "--name", "webhook-orchestrator", "-p", "\(port)", "-e", "UVICORN_PORT=\(port)",
            "-v",
            "orchestrator-data:/data", "--secret", "file=secrets.env", "--secret", "env=HOOK,as=GITHUB_HOOK",
            "orchestrator", variables: ["HOOK": marker])
    }

    /// Kills a process of the container, or the one so many generations above it, and waits until it has ended.
    private func kill(generationsAbove count: Int) throws {
        let process = try lab.process(of: "webhook-orchestrator", generationsAbove: count)
        #expect(Foundation.kill(process, SIGKILL) == 0)
        try ContainerLab.wait { try lab.check("ps", "-q") == "" }
    }

    @Test func aRowOutlivesWhateverIsKilled() throws {
        try lab.check("import", try setting("CHALK_TEST_BASE"), "-t", Self.base)
        let flags = try setting("CHALK_TEST_RUN_FLAGS").split(separator: "\n").map(String.init)
        let built = try lab.run(
            [try BuiltCommand.path(), "build", "image.json", "-t", "orchestrator"] + flags,
            variables: ProcessInfo.processInfo.environment)
        try #require(built.status == 0, "\(built.errors)")

        // Nothing starts without the volume, or without a secret that is asked for.
        let early = try start()
        #expect(early.status == 3 && early.errors.contains("there is no volume orchestrator-data"))
        try lab.check("volume", "create", "orchestrator-data")
        let unkeyed = try lab.chalk("run", "-d", "--secret", "OPENAI_API_KEY", "orchestrator")
        #expect(unkeyed.status == 3 && unkeyed.errors.contains("the secret \"OPENAI_API_KEY\" has no value"))
        #expect(try lab.check("ps", "-aq") == "")

        var started = try start()
        try #require(started.status == 0, "\(started.errors)")
        #expect(try ask("/health") == #"{"status":"ok"}"#)
        let answer = try ask(
            "/webhook",
            [
                "-H", "X-GitHub-Event: issues", "-d",
                #"{"action": "opened", "issue": {"number": 7, "title": "t"}}"#,
            ])
        let row = try #require(try object(Array(answer.utf8))["agent_id"] as? String)
        #expect(try agents() == [row])

        // The service itself, then what watches it.
        for generations in [0, 3] {
            try kill(generationsAbove: generations)
            started = try start()
            try #require(started.status == 0, "\(started.errors)")
            #expect(try agents() == [row])
        }
        #expect(try lab.check("inspect", "webhook-orchestrator").contains(marker) == false)

        // The same as a program that uses the library, which takes the place of the one that runs.
        let program = PathText.parent(of: try BuiltCommand.path()) + "/webhook-orchestrator"
        let deployed = try lab.run([
            program, lab.lab.store, Self.base, "\(lab.lab.path)/orchestrator.py",
            "\(lab.lab.path)/secrets.env", "\(port)",
        ])
        #expect(deployed.status == 0, "\(deployed.errors)")
        #expect(deployed.output.contains("Status: Running\nURL: http://127.0.0.1:\(port)\n"))
        #expect(try agents() == [row])

        try lab.check("stop", "webhook-orchestrator")
        #expect(try lab.check("volume", "ls", "orchestrator-data").contains("agents.db"))
        #expect(try lab.check("verify").hasPrefix("the store is good"))
        #expect(try lab.lab.tool("sh", "-c", "grep -rlaF \(marker) store || true").output == "")
    }
}
