import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// `ignore list`, as people and programs read it.
@Suite struct IgnoreListTests {
    private func lab() throws -> CommandLab {
        let lab = try CommandLab()
        for name in ["a/keep", "d/x.bin", "d/y.py", "build/out.o", "top.o", ".git/config"] {
            try lab.write("", "src/\(name)")
        }
        try lab.write("*.o\n/a/**\n!/a/keep\n", "src/.gitignore")
        try lab.write("*.bin\n", "src/d/.chalkignore")
        try lab.tool("ln", "-s", "d", "src/link")
        return lab
    }

    @Test func kept() throws {
        let lab = try lab()
        #expect(
            try lab.check("ignore", "list", "src").output
                == ".gitignore\nbuild\nd\nd/.chalkignore\nd/y.py\nlink\n")
        #expect(
            try lab.check("ignore", "list", "src", "--exclude", "/d", "--exclude=!x", "-z").output
                == ".gitignore\0build\0link\0")
        #expect(
            try lab.check("ignore", "list", "--profile=git", "src").output
                == ".gitignore\na\na/keep\nbuild\nd\nd/.chalkignore\nd/y.py\nlink\n")
        try lab.write("d\n!d/y.py\n**/*.o\n", "src/.dockerignore")
        #expect(
            try lab.check("ignore", "list", "--profile", "docker", "src").output
                == ".dockerignore\n.gitignore\na\na/keep\nbuild\nd\nd/y.py\nlink\n")
    }

    @Test func everythingWithReasons() throws {
        let lab = try lab()
        let ran = try lab.check("ignore", "list", "--all", "--explain", "src")
        #expect(
            ran.output == """
                K\t.gitignore
                I\ta\t.gitignore:2: /a/**
                I\ta/keep\t.gitignore:2: /a/**
                K\tbuild
                I\tbuild/out.o\t.gitignore:1: *.o
                K\td
                K\td/.chalkignore
                I\td/x.bin\td/.chalkignore:1: *.bin
                K\td/y.py
                K\tlink
                I\ttop.o\t.gitignore:1: *.o

                """)
        #expect(
            ran.errors
                == "warning: .gitignore:2: a is ignored where git keeps it (rule A): /a/** covers the directory "
                + "itself; write /a/*\n")
        #expect(try lab.check("ignore", "list", "src").errors.isEmpty)
    }

    @Test func linesOfJSON() throws {
        let lab = try lab()
        let ran = try lab.check("ignore", "list", "--all", "--json", "src", "--exclude", "y.*")
        let lines = ran.output.split(separator: "\n").map(String.init)
        #expect(
            lines[1]
                == #"{"path":"a","type":"directory","ignored":true,"reason":"rule","source":".gitignore","#
                + #""line":2,"pattern":"/a/**"}"#)
        #expect(
            lines[2]
                == #"{"path":"a/keep","type":"file","ignored":true,"reason":"inside-ignored","directory":"a","#
                + #""source":".gitignore","line":2,"pattern":"/a/**"}"#)
        #expect(lines[3] == #"{"path":"build","type":"directory","ignored":false,"reason":"no-rule"}"#)
        #expect(
            lines[8]
                == #"{"path":"d/y.py","type":"file","ignored":true,"reason":"rule","source":"--exclude","line":1,"#
                + #""pattern":"y.*"}"#)
        #expect(lines[9] == #"{"path":"link","type":"link","ignored":false,"reason":"no-rule"}"#)
        #expect(lines.count == 11)
        // Without --all only what is kept; the same paths as the plain listing.
        let kept = try lab.check("ignore", "list", "--json", "src").output.split(separator: "\n").map {
            try #require(try object(Array($0.utf8))["path"] as? String)
        }
        #expect(kept.joined(separator: "\n") + "\n" == (try lab.check("ignore", "list", "src").output))
        try lab.write("d\n!d/y.py\n", "src/.dockerignore")
        let docker = try lab.check("ignore", "list", "--json", "--profile=docker", "src").output
        #expect(
            docker.contains(
                #"{"path":"d","type":"directory","ignored":false,"reason":"holds-kept","source":".dockerignore","#
                    + #""line":1,"pattern":"d"}"#))
    }

    /// Every byte but NUL and slash, in names and in patterns, and back from JSON.
    @Test func namesThatAreNotText() throws {
        let lab = try CommandLab()
        try lab.write("", "src/plain")
        let names =
            (1...255).filter { $0 != 0x2F && $0 != 0x2E }.map { [UInt8($0)] } + [
                [0xC3, 0xA9], [0xFF, 0x61],
            ]
        let root = try FileDescriptor.directory("\(lab.path)/src")
        for name in names { _ = try root.open(name, [.writeOnly, .create]) }
        let file = try root.open(".gitignore", [.writeOnly, .create])
        try file.write([0xFF, UInt8(ascii: "*"), 0x0A])

        let plain = try lab.check("ignore", "list", "--all", "-z", "src").bytes
        let records = plain.split(separator: 0).map(Array.init)
        #expect(records.count == names.count + 2)
        for name in names {
            let mark = name[0] == 0xFF ? UInt8(ascii: "I") : UInt8(ascii: "K")
            #expect(records.contains([mark, 0x09] + name), "\(name)")
        }
        let lines = try lab.check("ignore", "list", "--all", "--json", "src").bytes.split(separator: 0x0A)
        var seen: [[UInt8]] = []
        for line in lines {
            let entry = try object(Array(line))
            let path = try #require(entry["path"] as? String)
            func bytes(_ text: String) -> [UInt8] {
                entry["enc"] == nil
                    ? Array(text.utf8) : text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            }
            seen.append(bytes(path))
            if entry["ignored"] as? Bool == true {
                #expect(entry["enc"] as? String == "latin1")
                #expect(bytes(try #require(entry["pattern"] as? String)) == [0xFF, UInt8(ascii: "*")])
            }
        }
        #expect(seen == records.map { Array($0.dropFirst(2)) })
    }

    /// The bytes of a pattern on the command line are those that the shell hands over.
    @Test func excludeTakesBytes() throws {
        let lab = try CommandLab()
        try lab.tool(
            "bash", "-c",
            #"mkdir src && touch src/$'\xe9' src/$'\xe8' src/a; "#
                + "\(try BuiltCommand.path()) " + #"ignore list src -z --exclude=$'\xe9' --exclude a >out"#)
        #expect(try lab.read("out") == [0xE8, 0])
    }

}
