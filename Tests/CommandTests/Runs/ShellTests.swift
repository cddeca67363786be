import ChalkTestSupport
import Foundation
import Testing

/// `chalk-image shell`.
struct ShellTests {
    private let lab: CommandLab

    init() throws {
        lab = try CommandLab(withBase: true)
        try lab.write("mounted\n", "context/file")
        try lab.write(
            """
            FROM busybox
            ARG WHO=me
            WORKDIR /work
            RUN --mount=target=/src --mount=type=cache,target=/cache echo half > half; echo kept > /cache/x; exit 7

            """, "context/Dockerfile")
    }

    private func failing() throws {
        let ran = try lab.chalk(["build", "-f", "context/Dockerfile", "context"])
        try #require(ran.status == 1, "\(ran.errors)")
    }

    private func shell(_ script: String) throws -> String {
        let ran = try lab.chalk(["shell", "--failed", "--store", lab.store, "--", "sh", "-c", script])
        #expect(ran.status == 0, "\(ran.errors)")
        return ran.output
    }

    @Test func theFailedStepIsEnteredAsItWas() throws {
        let none = try lab.chalk(["shell", "--failed"])
        #expect(none.status == 3)
        #expect(
            none.errors == "error: no failed step is kept in this store; a RUN that fails is\n",
            "\(none.errors)")
        try failing()
        #expect(
            try shell("pwd; cat half /src/file /cache/x; echo $WHO; echo more > more")
                == "/work\nhalf\nmounted\nkept\nme\n")
        // What one does there is there the next time.
        #expect(try shell("cat more; touch /src/no || echo refused") == "more\nrefused\n")
        let ran = try lab.chalk(["shell", "--failed", "--store", lab.store, "--", "sh", "-c", "exit 5"])
        #expect(ran.status == 5)
        #expect(ran.errors.contains("Dockerfile:4: RUN --mount=target=/src"), "\(ran.errors)")
        // Without a terminal the shell reads what it is to do.
        #expect(try lab.chalk(["shell", "--failed"]).status == 0)
        #expect(try Leftovers.mounts(lab.path).isEmpty)
    }

    @Test func oneIsKeptUntilTheNextAndUntilPrune() throws {
        try failing()
        _ = try shell("touch /old")
        try failing()
        #expect(try shell("ls /") == "bin\ncache\ndev\netc\nproc\nsrc\nsys\ntmp\nwork\n")
        #expect(try lab.tool("sh", "-c", "ls store/chalk/snapshots/kept | wc -l").output == "1\n")
        try lab.check("prune")
        #expect(try lab.chalk(["shell", "--failed"]).status == 3)
        #expect(try lab.tool("ls", "store/chalk/snapshots/kept").output == "")
    }

    @Test func anImage() throws {
        #expect(
            try lab.check("shell", "busybox", "--store", lab.store, "--", "echo", "hello").output == "hello\n"
        )
        #expect(try lab.chalk(["shell"]).status == 2)
        #expect(try lab.chalk(["shell", "nobody"]).status == 3)
    }
}
