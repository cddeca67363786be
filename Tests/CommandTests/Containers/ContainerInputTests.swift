import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// What cannot be started: one sentence, exit code 2 or 3, and nothing has been.
struct ContainerInputTests {
    private let lab: ContainerLab

    init() throws { lab = try ContainerLab.shared.get() }

    @Test(
        arguments: [
            (["-v", "v:/", "busybox"], 2, "the volume v cannot be mounted at /; name a directory below it"),
            (
                ["-v", "v:data", "busybox"], 2,
                "the volume v cannot be mounted at \"data\": the path must be absolute and without .."
            ),
            (
                ["-v", "v:/a/../b", "busybox"], 2,
                "the volume v cannot be mounted at \"/a/../b\": the path must be absolute and without .."
            ),
            (
                ["-v", "../v:/a", "busybox"], 2,
                "\"../v\" cannot be the name of a volume: it has letters, digits, _, . and -, begins with a "
                    + "letter or digit, and has at most 128 of them"
            ),
            (
                ["-v", "v:/a", "-v", "w:/a/", "busybox"], 2,
                "the volumes v and w are both mounted at /a; choose another path for one of them"
            ),
            (
                ["-v", "v:/proc/x", "busybox"], 2,
                "the volume v cannot be mounted at /proc/x: /proc is the kernel's"
            ),
            (["-v", "nowhere:/a", "busybox", "true"], 3, "there is no volume nowhere"),
            (
                ["--name", "../x", "busybox"], 2,
                "\"../x\" cannot be the name of a container: it has letters, digits, _, . and -, begins with a "
                    + "letter or digit, and has at most 63 of them"
            ),
            (
                ["--secret", "env=NOT_SET_HERE", "busybox", "true"], 3,
                "the secret \"NOT_SET_HERE\" has no value"
            ),
            (
                ["-p", "80:8080", "busybox"], 2,
                "the port \"80:8080\" cannot be published: containers have the host's network, so 8080 inside is "
                    + "8080 outside; have the program listen on 80 and say -p 80"
            ),
            (["-p", "0", "busybox"], 2, "it is PORT or PORT:PORT, each from 1 to 65535"),
            (["-m", "lots", "busybox", "x"], 2, "\"lots\" is no amount of memory: 2Gi, 512Mi and 512m are"),
            (["-m", "1Ki", "busybox", "x"], 2, "too little memory: no container starts with less than 6Mi"),
            (["--cpu", "-1", "busybox", "x"], 2, "\"-1\" is no number of processors: 2, 0.5 and 500m are"),
            (["--gpu", "1", "busybox"], 2, "a container here cannot have a GPU"),
            (["-e", "=x", "busybox"], 2, "is no variable"),
            (
                ["busybox"], 2,
                "busybox has neither ENTRYPOINT nor CMD; say what to run: chalk-image run busybox PROGRAM"
            ),
            (["no/such:image", "true"], 3, "there is no image docker.io/no/such:image in the store"),
            (["-u", "nobody-here", "busybox", "true"], 2, "cannot run as user nobody-here"),
            (["-t", "busybox"], 2, "--tty was said, but standard input is no terminal"),
        ] as [([String], Int32, String)])
    func refused(words: [String], status: Int32, sentence: String) throws {
        for mode in [["--rm"], ["-d"]] {
            let name = "refused\(UInt32.random(in: 0...UInt32.max))"
            let named = words.contains("--name") ? [] : ["--name", name]
            let ran = try lab.run([try BuiltCommand.path(), "run"] + mode + named + words)
            #expect(ran.status == status, "\(ran.errors)")
            #expect(ran.errors.contains(sentence), "\(ran.errors)")
            #expect(ran.errors.hasPrefix("error: ") && ran.errors.split(separator: "\n").count == 1)
            #expect(ran.output == "")
            #expect(try !lab.check("ps", "-a").contains(name))
            if words.contains("-t") { break }
        }
    }

    @Test func aPortThatIsTaken() throws {
        let listener = try LoopbackListener()
        let ran = try lab.chalk("run", "-p", "\(listener.port)", "busybox", "true")
        #expect(ran.status == 2)
        #expect(
            ran.errors
                == "error: the port \(listener.port) is taken by another program; have the container listen on "
                + "another one\n"
        )
        withExtendedLifetime(listener) {}
        try lab.check("run", "-d", "--name", "listening", "-p", "47002", "busybox", "sleep", "86400")
        let other = try lab.chalk("run", "-p", "47002", "busybox", "true")
        #expect(
            other.status == 2 && other.errors == "error: the port 47002 is taken by the container listening\n"
        )
        try lab.check("container", "rm", "-f", "listening")
    }

    @Test(arguments: ["exec", "stop", "logs", "kill"])
    func whatIsNotThere(command: String) throws {
        let ran = try lab.run(
            [try BuiltCommand.path(), command, "nobody"] + (command == "exec" ? ["true"] : []))
        #expect(ran.status == 3)
        #expect(ran.errors == "error: there is no container nobody; `ps -a` lists them\n")
    }
}
