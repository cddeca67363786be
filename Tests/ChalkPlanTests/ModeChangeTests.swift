import ChalkPlan
import Testing

/// `--chmod`, against what chmod(1) does with a umask of 0 (its own answers, by hand from the manual).
struct ModeChangeTests {
    @Test(arguments: [
        ("755", "755"), ("0755", "755"), ("4755", "4755"), ("0", "0"), ("7777", "7777"), ("01777", "1777"),
    ])
    func octal(text: String, bits: String) throws {
        let mode = try #require(ModeChange(text))
        for old: UInt32 in [0, 0o644, 0o7777] {
            #expect(String(mode.applied(to: old, isDirectory: false), radix: 8) == bits)
            #expect(String(mode.applied(to: old, isDirectory: true), radix: 8) == bits)
        }
    }

    struct Case: Sendable {
        let text: String
        let old: UInt32
        let file: UInt32
        let directory: UInt32
    }

    @Test(arguments: [
        Case(text: "u=rwX,go=rX", old: 0o600, file: 0o644, directory: 0o755),
        Case(text: "u=rwX,go=rX", old: 0o700, file: 0o755, directory: 0o755),
        Case(text: "+x", old: 0o644, file: 0o755, directory: 0o755),
        Case(text: "a+X", old: 0o644, file: 0o644, directory: 0o755),
        Case(text: "go-w", old: 0o666, file: 0o644, directory: 0o644),
        Case(text: "g=u", old: 0o750, file: 0o770, directory: 0o770),
        Case(text: "go=u-w", old: 0o755, file: 0o755, directory: 0o755),
        Case(text: "o=g-x", old: 0o750, file: 0o754, directory: 0o754),
        Case(text: "u+rw,g+r,o-x,o+w", old: 0o005, file: 0o646, directory: 0o646),
        Case(text: "u+s", old: 0o755, file: 0o4755, directory: 0o4755),
        Case(text: "ug+s", old: 0o755, file: 0o6755, directory: 0o6755),
        Case(text: "o+s", old: 0o755, file: 0o755, directory: 0o755),
        Case(text: "+t", old: 0o777, file: 0o1777, directory: 0o1777),
        Case(text: "a=", old: 0o6755, file: 0, directory: 0),
        Case(text: "=r", old: 0o777, file: 0o444, directory: 0o444),
        Case(text: "a-x+r", old: 0o111, file: 0o444, directory: 0o444),
        Case(text: "u=rwx,g=rx,o=", old: 0o644, file: 0o750, directory: 0o750),
        Case(text: "g+u", old: 0o640, file: 0o660, directory: 0o660),
        Case(text: "o-u", old: 0o646, file: 0o640, directory: 0o640),
        Case(text: "-w", old: 0o222, file: 0, directory: 0),
    ])
    func clauses(each: Case) throws {
        let mode = try #require(ModeChange(each.text))
        #expect(mode.applied(to: each.old, isDirectory: false) == each.file)
        #expect(mode.applied(to: each.old, isDirectory: true) == each.directory)
    }

    @Test(arguments: [
        "", "8", "10000", "07x", "u", "u+", "u=rw,", ",u+x", "z+x", "u*x", "u+q", "rwx", "755 ", "-1",
    ])
    func whatIsNoMode(text: String) {
        // A sign without permissions changes nothing, as in BSD.
        let isEmptyChange = text == "u+"
        #expect((ModeChange(text) == nil) != isEmptyChange)
    }
}
