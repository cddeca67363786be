// The two quickstarts of the SDK's reference, on this machine:
//
//     container-quickstart STORE BASE PROGRAM SCRIPT
//     container-quickstart ~/.local/share/chalk-image python:3.12-slim-bookworm python analyze.py
//
// BASE is an image of the store or of a registry, PROGRAM what runs SCRIPT in it.

import ChalkImage
import Glibc

// A program that builds or starts containers is its own worker: this comes first.
if let status = BuildWorker.runIfRequested(arguments: CommandLine.arguments) { exit(status) }

let words = CommandLine.arguments
guard words.count == 5 else {
    print("usage: container-quickstart STORE BASE PROGRAM SCRIPT")
    exit(2)
}
let (base, program, script) = (words[2], words[3], words[4])
let store = try ImageStore.open(words[1])

// A sandbox: the file is baked in, a command is executed with arguments, its output read.
let baked = try Image.base(base).addLocalFile(script, to: "/app/analyze", strategy: .copy).workdir("/app")
let sandbox = Container(baked, in: store, name: "analysis-scratchpad", cpu: "2", memory: "4Gi")
try await sandbox.run()
let analysis = try await sandbox.exec(program, "/app/analyze", "--input", "/data/in.csv")
print("sandbox: \(analysis.stdoutText)", terminator: "")
try await sandbox.stop()
print("sandbox: \(sandbox.info?.status.rawValue ?? "?")")

// A container: the file is mounted when it starts, so another version of it needs no other image.
let image = try Image.base(base).addLocalFile(script, to: "/app/script")
let container = try await Container(
    image, in: store, name: "hello-container", cpu: "1", memory: "2Gi", env: ["LOG_LEVEL": "INFO"]
).run()
print("container: \(container.info?.status.rawValue ?? "?")")
let hello = try await container.exec(program, "/app/script")
print("container: \(hello.stdoutText)", terminator: "")
let missing = try await container.exec("ls", "/does-not-exist")
print("container: exit code \(missing.exitCode ?? -1), \(missing.stderrText)", terminator: "")

// What goes on inside can be followed, and talked to.
let process = try container.execStart("cat")
try await process.write("typed\n")
process.closeInput()
for try await event in process.events {
    if case .stdout(let bytes) = event {
        print("container: \(String(decoding: bytes, as: UTF8.self))", terminator: "")
    }
}

// It goes on without this program; whoever knows its name finds it.
let found = try await Container.from(name: "hello-container", in: store)
try await found.stop()
print("container: \(found.info?.status.rawValue ?? "?")")
