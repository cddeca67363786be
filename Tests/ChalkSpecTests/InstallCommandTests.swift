import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkSpec

/// Runs `/bin/sh -c` with programs called pip and uv that only print what they were given.
enum Shell {
    static func run(_ command: String, environment: [String: String] = [:]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let show = """
            #!/bin/sh
            echo "$(basename "$0")${UV_SYSTEM_PYTHON:+ system} $PIP_BREAK_SYSTEM_PACKAGES$UV_BREAK_SYSTEM_PACKAGES"
            for word in "$@"; do
                case $word in /dev/*) echo "[$word:"; cat "$word"; echo "]" ;; *) echo "[$word]" ;; esac
            done
            """
        for name in ["pip", "uv"] {
            let path = folder.appending(path: name)
            try show.write(to: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: path.path(percentEncoded: false))
        }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.environment = environment.merging(
            ["PATH": folder.path(percentEncoded: false) + ":/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        ) { _, new in new }
        let pipe = Foundation.Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

@Suite("Install commands")
struct InstallCommandTests {
    static let pip =
        "PIP_BREAK_SYSTEM_PACKAGES=1 PIP_CACHE_DIR=/root/.cache/pip PIP_DISABLE_PIP_VERSION_CHECK=1 "
        + "PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore pip install "

    @Test("pip: every specifier is one word of the shell")
    func pip() {
        let command = InstallCommand.pip([
            "requests>=2.28", "pandas", "x[a,b]==1 ; python_version < '4'", "--pre",
        ])
        #expect(
            command.shell == Self.pip
                + "'requests>=2.28' pandas 'x[a,b]==1 ; python_version < '\\''4'\\''' --pre")
        #expect(command.installer == .pip && command.cacheDirectory == "/root/.cache/pip")
        #expect(command.inputFiles.isEmpty)
        #expect(
            command.missingProgramHint
                == "pipInstall needs pip in the base image; start from debianSlim or install python3-pip")
    }

    @Test("uv")
    func uv() {
        let command = InstallCommand.uv(["polars"])
        #expect(
            command.shell == "[ -n \"${VIRTUAL_ENV-}\" ] || export UV_SYSTEM_PYTHON=1; "
                + "UV_BREAK_SYSTEM_PACKAGES=1 UV_CACHE_DIR=/root/.cache/uv UV_LINK_MODE=copy uv pip install polars"
        )
        #expect(command.cacheDirectory == "/root/.cache/uv" && command.installer == .uv)
    }

    @Test("apt")
    func apt() {
        let command = InstallCommand.apt(["curl", "git=1:2*"])
        #expect(
            command.shell == "export DEBIAN_FRONTEND=noninteractive && apt-get update && "
                + "apt-get install -y --no-install-recommends curl 'git=1:2*' && rm -rf /var/lib/apt/lists/* "
                + "/var/log/apt/* /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache")
        #expect(command.cacheDirectory == nil && command.installer == .apt)
    }

    @Test("Requirements come through standard input")
    func requirements() {
        let value = Requirements(
            options: ["--index-url https://e.org"], requirements: ["a==1 --hash=sha256:1"], constraints: [])
        #expect(
            InstallCommand.pip(value).shell
                == "printf '%s\\n' '--index-url https://e.org' 'a==1 --hash=sha256:1' | " + Self.pip
                + "-r /dev/stdin")
    }

    @Test("What the shell passes on is what was asked for")
    func realShell() throws {
        let value = Requirements(
            options: ["--index-url ${INDEX}"], requirements: ["it's", "b ; x == \"$HOME\" \\ `id`", "%s\\n"],
            constraints: ["c<1", "d<'2'"])
        let read =
            "[-r]\n[/dev/stdin:\n--index-url ${INDEX}\nit's\nb ; x == \"$HOME\" \\ `id`\n%s\\n\n]\n"
            + "[-c]\n[/dev/fd/3:\nc<1\nd<'2'\n]\n"
        #expect(try Shell.run(InstallCommand.pip(value).shell) == "pip 1\n[install]\n" + read)
        #expect(try Shell.run(InstallCommand.uv(value).shell) == "uv system 1\n[pip]\n[install]\n" + read)
        #expect(
            try Shell.run(InstallCommand.uv(value).shell, environment: ["VIRTUAL_ENV": "/v"])
                == "uv 1\n[pip]\n[install]\n" + read)
        #expect(
            try Shell.run(InstallCommand.pip(["a>=1", "it's; $(id)", "-e", "."]).shell)
                == "pip 1\n[install]\n[a>=1]\n[it's; $(id)]\n[-e]\n[.]\n")
    }

    @Test("The lines of a requirements file that the SDK passes as packages")
    func sdkLines() throws {
        let plain = InstallCommand.pip([
            "requests>=2.28 # x", "--index-url https://e.org/s", "foo \\", ">=1", "# c",
        ])
        #expect(plain.shell == Self.pip + "'requests>=2.28' --index-url https://e.org/s 'foo >=1'")
        let hashed = InstallCommand.pip(["foo==1 \\", "--hash=sha256:aa", "--pre", "pandas"])
        #expect(
            hashed.shell == "printf '%s\\n' 'foo==1 --hash=sha256:aa' 'pandas' | " + Self.pip
                + "--pre -r /dev/stdin")
    }

    @Test("What no argument can hold comes in files")
    func long() {
        let many = (0..<3000).map { "package-\($0)==1.0 --hash=sha256:" + String(repeating: "a", count: 64) }
        let value = Requirements(options: ["--pre"], requirements: many, constraints: ["c<1"])
        let command = InstallCommand.pip(value)
        #expect(
            command.shell
                == Self.pip + "-r /run/chalk-image/requirements.txt -c /run/chalk-image/constraints.txt")
        #expect(command.inputFiles.map(\.path).last == "/run/chalk-image/constraints.txt")
        #expect(command.inputFiles.first?.contents == value.render())
        #expect(command.inputFiles.last?.contents == value.renderConstraints())
    }

    @Test("Quoting: the shell gives every text back", arguments: 0..<5)
    func quoting(part: UInt64) throws {
        var random = SeededGenerator(seed: part)
        let pieces = [
            "a", "'", "\"", "\\", "$x", "`", "\n", " ", "*", "~", "#", "!", "é", "%s", "-", "=", "&", "\t",
        ]
        let words = (0..<100).map { _ in
            (0..<Int.random(in: 0...6, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
        }
        let printed = try Shell.run("printf '%s\\036' " + ShellQuoting.join(words))
        #expect(printed == words.map { $0 + "\u{1E}" }.joined(), "seed \(part)")
    }

    @Test("Harmless words stay readable")
    func readable() {
        #expect(ShellQuoting.join(["a-b_c.d/e:f,g@h%i+j=k", "", "a b"]) == "a-b_c.d/e:f,g@h%i+j=k '' 'a b'")
    }
}
