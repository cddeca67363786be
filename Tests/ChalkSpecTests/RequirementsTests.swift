import Testing

@testable import ChalkSpec

@Suite("Requirements files")
struct RequirementsTests {
    private func read(_ text: String, _ more: [String: String] = [:]) throws -> Requirements {
        var files = FakeFiles(more)
        files.contents["/work/r.txt"] = Array(text.utf8)
        return try Requirements.read("r.txt", in: files.here, at: "path")
    }

    @Test(
        "The layout goes, the meaning stays",
        arguments: [
            ("", []),
            ("\n  \n# c\n   # c\n", []),
            ("a\nb", ["a", "b"]),
            ("a\r\nb\rc\n", ["a", "b", "c"]),
            ("\u{FEFF}a\n", ["a"]),
            ("  a  >= 1 ,\t< 2  \n", ["a >= 1 , < 2"]),
            ("a # c\nb#c\nc\t# d # e", ["a", "b#c", "c"]),
            ("git+https://e.org/r.git#egg=x # c", ["git+https://e.org/r.git#egg=x"]),
            ("a \\\n  >=1 \\\n  # c\nb", ["a >=1", "b"]),
            ("a\\\nb\n", ["ab"]),
            ("a\\", ["a"]),
            ("# c \\\nb", ["b"]),
            ("a==1 --hash=sha256:1 \\\n    --hash sha256:2", ["a==1 --hash=sha256:1 --hash=sha256:2"]),
            (
                "a ; python_version  <  '3.9  x'  and os_name == \"a  b\"",
                [
                    "a ; python_version < '3.9  x' and os_name == \"a  b\""
                ]
            ),
            ("a[x,y]>=1,<2;sys_platform=='linux'", ["a[x,y]>=1,<2;sys_platform=='linux'"]),
            ("a @ https://e.org/a.whl", ["a @ https://e.org/a.whl"]),
            ("https://e.org/a-1.0.tar.gz", ["https://e.org/a-1.0.tar.gz"]),
            ("a\nb\na\n", ["a", "b"]),
            (
                "a --config-settings=\"x=y z\" -C k=v --global-option=\"-v\"",
                [
                    "a --config-settings='x=y z' --config-settings=k=v --global-option=-v"
                ]
            ),
        ] as [(String, [String])])
    func layout(text: String, requirements: [String]) throws {
        #expect(
            try read(text) == Requirements(options: [], requirements: requirements, constraints: []))
    }

    @Test("Option lines are kept under their long names, one each, in order")
    func options() throws {
        let text = """
            -i https://e.org/simple --extra-index-url=https://f.org
            --pre --no-index
            -fhttps://g.org/"a b"
            --find-links https://h.org # c
            --trusted-host e.org
            --no-binary :all:
            --only-binary=numpy
            --prefer-binary
            --require-hashes
            --use-feature fast-deps
            -i ${INDEX}
            """
        #expect(
            try read(text).options == [
                "--index-url https://e.org/simple", "--extra-index-url https://f.org", "--pre", "--no-index",
                "--find-links 'https://g.org/a b'", "--find-links https://h.org", "--trusted-host e.org",
                "--no-binary :all:", "--only-binary numpy", "--prefer-binary", "--require-hashes",
                "--use-feature fast-deps", "--index-url ${INDEX}",
            ])
    }

    @Test("Includes are followed relative to the file that names them")
    func includes() throws {
        let value = try read(
            "-r sub/a.txt\n--requirement=./sub/../b.txt\n-c c.txt\nz\n",
            [
                "/work/sub/a.txt": "a\n-rdeep.txt\n-c 'own c.txt'\n", "/work/sub/deep.txt": "deep\n",
                "/work/sub/own c.txt": "own<2\n-c ../c.txt\n", "/work/sub/../b.txt": "b\n",
                "/work/sub/../c.txt": "c<1 --hash=sha256:1\n", "/work/c.txt": "c<1 --hash=sha256:1\n--pre\n",
            ])
        #expect(
            value
                == Requirements(
                    options: ["--pre"], requirements: ["a", "deep", "b", "z"],
                    constraints: ["own<2", "c<1 --hash=sha256:1"]))
        #expect(String(decoding: value.render(), as: UTF8.self) == "--pre\na\ndeep\nb\nz\n")
        #expect(
            String(decoding: try #require(value.renderConstraints()), as: UTF8.self)
                == "own<2\nc<1 --hash=sha256:1\n")
    }

    @Test("What is rendered reads as the same value")
    func stable() throws {
        let value = try read("-i 'https://e.org/a b'\na ; x=='1'\nb --hash=sha256:1 # c\n")
        #expect(try read(String(decoding: value.render(), as: UTF8.self)) == value)
        #expect(value.renderConstraints() == nil)
        #expect(
            try Requirements.inlined(lines: value.lines, constraints: value.constraints, at: "x") == value)
    }

    @Test("The same file twice, but not inside itself, is fine")
    func diamond() throws {
        let more = [
            "/work/a.txt": "-r base.txt\na", "/work/b.txt": "-r base.txt\nb", "/work/base.txt": "base",
        ]
        #expect(try read("-r a.txt\n-r b.txt\n", more).requirements == ["base", "a", "b"])
    }

    @Test(
        "What cannot be inlined is told with file and line",
        arguments: [
            (
                "a\n\n-e .",
                "/work/r.txt:3: --editable installs from a local project, which is not in the build; copy it with "
                    + "addLocalDir and install it with runCommands"
            ),
            (
                "./pkg[x]",
                "/work/r.txt:1: \"./pkg[x]\" is a local path, which is not in the build; copy it with addLocalFile "
                    + "or addLocalDir and install it with runCommands"
            ),
            (
                "a\nwheels/b-1-py3-none-any.whl ; os_name=='x'",
                "/work/r.txt:2: \"wheels/b-1-py3-none-any.whl\" is a local path, which is not in the build; copy it "
                    + "with addLocalFile or addLocalDir and install it with runCommands"
            ),
            ("-r no.txt", "/work/r.txt:1: there is no file \"/work/no.txt\""),
            ("-r /work", "/work/r.txt:1: \"/work\" is a directory, not a file"),
            ("-r", "/work/r.txt:1: --requirement needs a value"),
            ("-r ''", "/work/r.txt:1: the name of the included file is empty"),
            (
                "-c https://e.org/c.txt",
                "/work/r.txt:1: it includes a URL; only files can be inlined, so download it first"
            ),
            ("--upgrade", "/work/r.txt:1: \"--upgrade\" is not an option that a requirements file may hold"),
            ("--pre=x", "/work/r.txt:1: --pre takes no value"),
            ("--hash=sha256:1", "/work/r.txt:1: --hash belongs behind a requirement, on the same line"),
            ("a --pre", "/work/r.txt:1: --pre cannot stand behind a requirement; give it its own line"),
            ("--pre x", "/work/r.txt:1: \"x\" stands where an option is expected"),
            (
                "--find-links ./wheels",
                "/work/r.txt:1: --find-links names a local path, which is not in the build; give a URL, or install "
                    + "with runCommands"
            ),
            (
                "-i file:///srv/simple",
                "/work/r.txt:1: --index-url names a local path, which is not in the build; give a URL, or install "
                    + "with runCommands"
            ),
            ("a\0", "/work/r.txt:1: the line holds a NUL byte"),
        ])
    func refused(text: String, message: String) {
        #expect(problem { _ = try read(text) } == "path: " + message)
    }

    @Test(
        "Local requirements in every spelling",
        arguments: [
            ".", "../x", "/abs/x", "~/x", "sub/dir", "x.whl", "x-1.zip", "x.tar.gz", "file:///x", "FILE:x",
            "a @ file:///x", "a@file:x", "git+file:///x", "./x --hash=sha256:1",
        ])
    func local(line: String) {
        #expect(problem { _ = try read(line) }.contains("is a local path, which is not in the build"))
    }

    @Test("An error in an included file names that file only")
    func nested() {
        #expect(
            problem { _ = try read("a\n-r sub/a.txt", ["/work/sub/a.txt": "x\ny\n--bad"]) }
                == "path: /work/sub/a.txt:3: \"--bad\" is not an option that a requirements file may hold")
    }

    @Test("Cycles, depth and number of files are bounded")
    func bounds() {
        #expect(
            problem { _ = try read("-r a.txt", ["/work/a.txt": "-r b.txt", "/work/b.txt": "\n-c a.txt"]) }
                == "path: /work/b.txt:2: the file includes itself: \"/work/a.txt\" -> \"/work/b.txt\" -> "
                + "\"/work/a.txt\"")
        var chain: [String: String] = [:]
        for index in 0..<40 { chain["/work/\(index)"] = "-r \(index + 1)" }
        #expect(problem { _ = try read("-r 0", chain) }.contains("more than 32 deep"))
        var doubling: [String: String] = ["/work/30": ""]
        for index in 0..<30 { doubling["/work/\(index)"] = "-r \(index + 1)\n-r \(index + 1)" }
        #expect(problem { _ = try read("-r 0", doubling) }.contains("after 1000 files"))
    }

    @Test("Only UTF-8")
    func encoding() {
        var files = FakeFiles()
        files.contents["/work/r.txt"] = [0xFF, 0xFE, 0x61, 0]
        #expect(
            problem { _ = try Requirements.read("r.txt", in: files.here, at: "path") }
                == "path: \"/work/r.txt\" is not UTF-8 text")
    }
}
