import ChalkSystem
import ChalkTestSupport
import Testing

/// The quickstarts of the SDK's reference, as a program that uses the library.
struct ContainerExampleTests {
    @Test func quickstarts() throws {
        let lab = try ContainerLab()
        try lab.lab.write(
            "echo called with ${*:-nothing} at log level ${LOG_LEVEL:-none}\n", "analyze.sh")
        let program = PathText.parent(of: try BuiltCommand.path()) + "/container-quickstart"
        let ran = try lab.run([program, lab.lab.store, "busybox", "sh", "\(lab.lab.path)/analyze.sh"])
        #expect(ran.errors == "")
        #expect(
            ran.output == """
                sandbox: called with --input /data/in.csv at log level none
                sandbox: Exited
                container: Running
                container: called with nothing at log level INFO
                container: exit code 1, ls: /does-not-exist: No such file or directory
                container: typed
                container: Exited

                """)
    }
}
