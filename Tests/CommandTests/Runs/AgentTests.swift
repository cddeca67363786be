import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// `RUN --mount=type=ssh`, with an agent of the host and with key files.
@Suite(.serialized) struct AgentTests {
    private let lab: CommandLab

    init() throws {
        lab = try CommandLab()
        try lab.check("import", try setting("CHALK_TEST_BASE"), "-t", "python")
        try lab.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key", "-C", "the-key")
        try lab.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "words", "-f", "locked")
        // Asks for the keys, for a signature with the first, and to forget all of them.
        try lab.write(
            """
            import os, socket, struct
            def ask(body):
                s = socket.socket(socket.AF_UNIX); s.connect(os.environ["SSH_AUTH_SOCK"])
                s.sendall(struct.pack(">I", len(body)) + body)
                size = struct.unpack(">I", s.recv(4, socket.MSG_WAITALL))[0]
                return s.recv(size, socket.MSG_WAITALL)
            keys = ask(b"\\x0b")
            size = struct.unpack(">I", keys[5:9])[0]
            blob = keys[9:9 + size]
            sign = ask(b"\\x0d" + struct.pack(">I", size) + blob + struct.pack(">I", 4) + b"data" + struct.pack(">I", 0))
            print(keys[0], b"the-key" in keys, sign[0], ask(b"\\x13")[0], oct(os.stat(os.environ["SSH_AUTH_SOCK"]).st_mode))

            """, "context/ask.py")
    }

    private func build(_ user: String, _ flags: String..., variables: [String: String] = [:]) throws
        -> BuiltCommand.Ran
    {
        try lab.write(
            """
            FROM python
            USER \(user)
            RUN --mount=type=ssh,uid=\(user) --mount=source=ask.py,target=/ask.py python3 /ask.py

            """, "context/Dockerfile")
        return try lab.chalk(
            ["build", "-f", "context/Dockerfile", "context", "--progress=plain", "--no-cache"] + flags,
            variables: variables)
    }

    @Test func keyFiles() throws {
        let ran = try build("1000", "--ssh", "default=key")
        #expect(ran.errors.contains("| 12 True 14 5 0o140600"), "\(ran.errors)")
        #expect(try Leftovers.processesAfterWaiting("-a agent").isEmpty)
        let locked = try build("0", "--ssh", "default=locked")
        #expect(
            locked.errors.contains("ssh-add does not take it; if it has a passphrase"), "\(locked.errors)")
        let key = try lab.text("key").split(separator: "\n")[2]
        #expect(try lab.tool("sh", "-c", "grep -rlaF '\(key)' store || true").output == "")
    }

    @Test func anAgent() throws {
        let agent = try BuiltCommand.start(["ssh-agent", "-D", "-a", "agent.sock"], in: lab.path)
        defer {
            agent.signal(SIGTERM)
            _ = try? agent.wait()
        }
        while try !lab.exists("agent.sock") { try Pause.wait(.milliseconds(5), Cancellation()) }
        let socket = ["SSH_AUTH_SOCK": "\(lab.path)/agent.sock"]
        try lab.tool("ssh-add", "-q", "key", variables: socket)
        let ran = try build("1000", "--ssh", "default", variables: socket)
        #expect(ran.errors.contains("| 12 True 14 5 0o140600"), "\(ran.errors)")
        // The step could not take the keys away.
        #expect(try lab.tool("ssh-add", "-l", variables: socket).output.contains("the-key"))
    }

    @Test func withoutAnAgent() throws {
        let ran = try build("0", "--ssh", "default")
        #expect(ran.status == 2)
        #expect(
            ran.errors
                == "error: there is no SSH agent: SSH_AUTH_SOCK is not set; give key files\n")
        #expect(try build("0", "--ssh", "default=none").status == 3)
    }
}
