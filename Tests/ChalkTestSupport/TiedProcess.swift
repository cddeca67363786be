import Foundation

/// A server that is killed when the value goes, or when the test process ends in any other way.
package final class TiedProcess {
    private let shell: Process
    private let lifeline: Foundation.Pipe

    /// Starts a program, which writes what it has to say to `log`.
    ///
    /// The shell between outlives neither us nor its lifeline: when our end of the pipe closes, it kills the program.
    /// It does not wait for it, which it could not: a Dispatch thread starts it with SIGCHLD blocked.
    package init(_ words: [String], log: String) throws {
        shell = Process()
        lifeline = Foundation.Pipe()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments =
            [
                "-c",
                """
                log=$1; shift
                "$@" >"$log" 2>&1 </dev/null & child=$!
                read -r _; kill -9 $child
                """, "sh", log,
            ] + words
        shell.standardInput = lifeline
        shell.standardError = FileHandle.nullDevice
        try shell.run()
    }

    deinit { end() }

    /// Kills it now; again is no error.
    package func end() {
        try? lifeline.fileHandleForWriting.close()
        shell.waitUntilExit()
    }
}
