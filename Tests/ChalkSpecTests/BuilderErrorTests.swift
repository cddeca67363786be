import Testing

@testable import ChalkSpec

@Suite("What the calls refuse")
struct BuilderErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let message: String
        let call: @Sendable (ImageSpec, SpecLocation) throws -> Void

        init(_ message: String, _ call: @escaping @Sendable (ImageSpec, SpecLocation) throws -> Void) {
            self.message = message
            self.call = call
        }

        var testDescription: String { message }
    }

    static let bases: [Case] = [
        Case(
            #"baseImage: is empty; name an image, such as "python:3.12-slim-bookworm", or "scratch""#
        ) { _, _ in _ = try ImageSpec.base("") },
        Case(#"baseImage: "a b" is not an image reference: it holds white space"#) { _, _ in
            _ = try ImageSpec.base("a b")
        },
        Case(#"debianSlim: "" is not a Python version tag; give one such as "3.12""#) { _, _ in
            _ = try ImageSpec.debianSlim("")
        },
        Case(#"debianSlim: "3.12 x" is not a Python version tag; give one such as "3.12""#) { _, _ in
            _ = try ImageSpec.debianSlim("3.12 x")
        },
        Case(#"dockerfile: there is no file "/work/nope""#) { _, here in
            _ = try ImageSpec.fromDockerfile("nope", in: here)
        },
        Case(#"dockerfile: "/work/src" is a directory, not a file"#) { _, here in
            _ = try ImageSpec.fromDockerfile("src", in: here)
        },
        Case(#"dockerfile: is empty; give a local path"#) { _, here in
            _ = try ImageSpec.fromDockerfile("", in: here)
        },
        Case(
            #"dockerfile: "/work/a.txt" does not start with FROM (only ARG and comments may precede it)"#
        ) { _, here in _ = try ImageSpec.fromDockerfile("a.txt", in: here) },
    ]

    static let steps: [Case] = [
        Case("runCommands.commands[1]: is empty; give a shell command or leave it out") { spec, _ in
            _ = try spec.runCommands(["true", " \t"])
        },
        Case("runCommands.commands[0]: holds a NUL byte") { spec, _ in _ = try spec.runCommands(["a\0"]) },
        Case("pipInstall.packages[0]: is empty; name a package or leave it out") { spec, _ in
            _ = try spec.pipInstall([""])
        },
        Case("pipInstall.packages[0]: holds a line break; give one package each") { spec, _ in
            _ = try spec.pipInstall(["a\nb"])
        },
        Case("uvPipInstall.packages[1]: holds a NUL byte") { spec, _ in
            _ = try spec.uvPipInstall(["a", "\0"])
        },
        Case("aptInstall.packages[0]: is empty; name a package or leave it out") { spec, _ in
            _ = try spec.aptInstall([""])
        },
        Case(
            #"aptInstall.packages[0]: "-y" is an option, not a package; use runCommands for a call of your own"#
        ) {
            spec, _ in _ = try spec.aptInstall(["-y"])
        },
        Case(#"aptInstall.packages[0]: "a b" holds white space; give one package each"#) { spec, _ in
            _ = try spec.aptInstall(["a b"])
        },
        Case("dockerfileCommands.commands[0]: holds a NUL byte") { spec, _ in
            _ = try spec.dockerfileCommands(["RUN \0"])
        },
        Case(#"addFile.destination: "app/x" is not absolute; a path in the image starts with "/""#) {
            spec, _ in
            _ = try spec.addFile([], to: "app/x")
        },
        Case(
            #"addFile.destination: "/app/" names a directory; name the file itself, as in "/app/config.yaml""#
        ) { spec, _ in _ = try spec.addFile([], to: "/app/") },
        Case("addFile.mode: 4096 is not a file mode; it lies between 0 and 0o7777 (decimal 4095)") {
            spec, _ in
            _ = try spec.addFile([], to: "/a", mode: 0o10000)
        },
        Case("uvSync.extras[0]: is empty") { spec, _ in
            _ = try spec.uvSync(UvSync(pyprojectTomlLZ4: [], uvLockLZ4: [], extras: [""], workdir: nil))
        },
        Case(#"uvSync.workdir: "app" is not absolute; a path in the image starts with "/""#) { spec, _ in
            _ = try spec.uvSync(UvSync(pyprojectTomlLZ4: [], uvLockLZ4: [], extras: [], workdir: "app"))
        },
        Case(#"pipInstallFromRequirements.path: there is no file "/work/no.txt""#) { spec, here in
            _ = try spec.pipInstallFromRequirements("no.txt", in: here)
        },
        Case(#"uvPipInstallFromRequirements.path: there is no file "/work/no.txt""#) { spec, here in
            _ = try spec.uvPipInstallFromRequirements("no.txt", in: here)
        },
    ]

    static let locals: [Case] = [
        Case(#"addLocalFile.src: there is no file "/work/nope""#) { spec, here in
            _ = try spec.addLocalFile("nope", to: "/a", in: here)
        },
        Case(#"addLocalFile.src: "/work/src" is a directory; add it with addLocalDir"#) { spec, here in
            _ = try spec.addLocalFile("src", to: "/a", in: here)
        },
        Case(#"addLocalFile.src: "/work/socket" is not a regular file"#) { spec, here in
            _ = try spec.addLocalFile("socket", to: "/a", in: here)
        },
        Case(#"addLocalFile.src: cannot look at "/work/locked": permission denied"#) { spec, here in
            _ = try spec.addLocalFile("locked", to: "/a", in: here)
        },
        Case("addLocalFile.src: is empty; give a local path") { spec, here in
            _ = try spec.addLocalFile("", to: "/a", in: here)
        },
        Case("addLocalFile.src: holds a NUL byte") { spec, here in
            _ = try spec.addLocalFile("a\0", to: "/a", in: here)
        },
        Case("addLocalFile.dest: is empty; give an absolute path in the image") { spec, here in
            _ = try spec.addLocalFile("a.txt", to: "", in: here)
        },
        Case(#"addLocalFile.dest: "/a/../b" holds ".."; write the path that is meant"#) { spec, here in
            _ = try spec.addLocalFile("a.txt", to: "/a/../b", in: here)
        },
        Case(#"addLocalFile.dest: "/a\u{0}" holds a control character"#) { spec, here in
            _ = try spec.addLocalFile("a.txt", to: "/a\0", in: here)
        },
        Case("addLocalFile.mode: 4096 is not a file mode; it lies between 0 and 0o7777 (decimal 4095)") {
            spec, here in _ = try spec.addLocalFile("a.txt", to: "/a", mode: 4096, in: here)
        },
        Case(#"addLocalDir.src: there is no directory "/work/nope""#) { spec, here in
            _ = try spec.addLocalDir("nope", to: "/a", in: here)
        },
        Case(#"addLocalDir.src: "/work/a.txt" is a file; add it with addLocalFile"#) { spec, here in
            _ = try spec.addLocalDir("a.txt", to: "/a", in: here)
        },
        Case(#"addLocalDir.dest: "a" is not absolute; a path in the image starts with "/""#) { spec, here in
            _ = try spec.addLocalDir("src", to: "a", in: here)
        },
        Case(#"addLocalDir.archive: works only with strategy "volume"; leave it out, or use "volume""#) {
            spec, here in _ = try spec.addLocalDir("src", to: "/a", strategy: .copy, archive: true, in: here)
        },
        Case("addLocalDir.exclude[1]: is empty; give a pattern or leave it out") { spec, here in
            _ = try spec.addLocalDir("src", to: "/a", exclude: ["a", ""], in: here)
        },
        Case("addLocalDir.exclude[0]: holds a line break; give one pattern each") { spec, here in
            _ = try spec.addLocalDir("src", to: "/a", exclude: ["a\nb"], in: here)
        },
    ]

    static let settings: [Case] = [
        Case("env: a variable has an empty name") { spec, _ in _ = try spec.env(["": "secret"]) },
        Case(#"env: the name "A=B" holds "=""#) { spec, _ in _ = try spec.env(["A=B": "secret"]) },
        Case(#"env: the name "A\u{0}" holds a NUL byte"#) { spec, _ in _ = try spec.env(["A\0": "secret"]) },
        Case(#"env: the value of "A" holds a NUL byte"#) { spec, _ in _ = try spec.env(["A": "secret\0"]) },
        Case(#"workdir: "rel" is not absolute; a path in the image starts with "/""#) { spec, _ in
            _ = try spec.workdir("rel")
        },
        Case("workdir: is empty; give an absolute path in the image") { spec, _ in _ = try spec.workdir("") },
        Case(#"workdir: "/a/.." holds ".."; write the path that is meant"#) { spec, _ in
            _ = try spec.workdir("/a/..")
        },
        Case("entrypoint[0]: is empty; the first word is the program to start") { spec, _ in
            _ = try spec.entrypoint([""])
        },
        Case("entrypoint[1]: holds a NUL byte") { spec, _ in _ = try spec.entrypoint(["a", "\0"]) },
        Case("cmd[0]: holds a NUL byte") { spec, _ in _ = try spec.cmd(["\0"]) },
    ]

    @Test(arguments: bases + steps + locals + settings)
    func refused(_ item: Case) throws {
        let spec = try ImageSpec.base("debian")
        #expect(problem { try item.call(spec, FakeFiles.sample.here) } == item.message)
    }

    @Test("A long name is cut, control characters are shown")
    func quoting() {
        #expect(quoted("a\n\t\"\\\u{1B}é") == #""a\n\t\"\\\u{1b}é""#)
        #expect(quoted(String(repeating: "x", count: 90)) == "\"" + String(repeating: "x", count: 80) + "…\"")
    }

    @Test("A component of a path in the image has at most 255 bytes")
    func longName() throws {
        let name = String(repeating: "n", count: 256)
        #expect(
            problem { _ = try ImageSpec.scratch.workdir("/" + name) }.hasSuffix(
                "holds a name of more than 255 bytes"))
        #expect(try ImageSpec.scratch.workdir("/" + name.dropLast()).workdir == "/" + name.dropLast())
    }

    @Test("A strategy that is none")
    func strategy() {
        #expect(
            problem { _ = try StepRules.strategy("move", at: "addLocalDir.strategy") }
                == #"addLocalDir.strategy: "move" is neither "copy" nor "volume""#)
    }
}
