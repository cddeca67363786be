// The webhook orchestrator of the tutorial, on this machine: a service that keeps a row for each webhook, in SQLite on a
// named volume, and is given its keys as secrets.
//
//     webhook-orchestrator STORE BASE APP SECRETS PORT
//     webhook-orchestrator ~/.local/share/chalk-image python:3.12-slim-bookworm orchestrator.py secrets.env 8000
//
// It goes on when this program has ended. Called again, it takes the place of the one before and finds its rows.

import ChalkImage
import Glibc

// A program that builds or starts containers is its own worker: this comes first.
if let status = BuildWorker.runIfRequested(arguments: CommandLine.arguments) { exit(status) }

let words = CommandLine.arguments
guard words.count == 6, let port = UInt16(words[5]) else {
    print("usage: webhook-orchestrator STORE BASE APP SECRETS PORT")
    exit(2)
}
do {
    let container = try await deploy(
        in: ImageStore.open(words[1]), base: words[2], app: words[3], secrets: words[4], port: port)
    print("Container ID: \(container.id ?? "?")")
    print("Name: \(container.info?.name ?? "?")")
    print("Status: \(container.info?.status.rawValue ?? "?")")
    print("URL: \(container.info?.webURL ?? "?")")
} catch {
    print("error: \(error)")
    exit(1)
}

func deploy(
    in store: ImageStore, base: String, app: String, secrets: String, port: UInt16
) async throws -> Container {
    try Volume.create("orchestrator-data", in: store)
    let image = try Image.base(base)
        .pipInstall(["fastapi", "uvicorn", "httpx"])
        .addLocalFile(app, to: "/app/orchestrator.py")
    if let earlier = try? await Container.from(name: "webhook-orchestrator", in: store) {
        try await earlier.stop()
    }
    return try await Container(
        image, in: store, name: "webhook-orchestrator",
        entrypoint: [
            "uvicorn", "orchestrator:app", "--host", "0.0.0.0", "--port", "\(port)", "--app-dir", "/app",
        ],
        port: port,
        volumes: ["orchestrator-data": "/data"],
        secrets: [.fromLocalEnvFile(secrets)]
    ).run()
}
