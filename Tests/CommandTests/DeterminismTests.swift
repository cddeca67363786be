import ChalkTestSupport
import Foundation
import Testing

/// The same digest, whatever is different about the machine and the checkout.
@Suite struct DeterminismTests {
    /// What differs from the reference build, as a shell script around `"$@"`, in the lab's directory.
    static let differences: [(name: String, script: String)] = [
        ("umask", #"umask 077; exec "$@""#),
        ("times", #"find . -path ./store -prune -o -exec touch -hd @1700000000 {} +; exec "$@""#),
        (
            "order",
            // The same names made the other way round, in another directory, and some that went away between.
            #"mv src old; mkdir src src/lib src/lib/deep; for i in 9 8 7 6 5 4 3; do echo $i >src/t$i; done; "#
                + #"cd old; for f in run.sh noise.log lib/deep/er.txt latest .gitignore app.py; do cp -dp $f ../src/$f; done; "#
                + #"cd ..; rm -rf old src/t?; exec "$@""#
        ),
        ("locale and zone", #"LC_ALL=tr_TR.UTF-8 LANG=de_DE TZ=Pacific/Kiritimati exec "$@""#),
        (
            "home and user variables",
            #"HOME=/nonexistent USER=somebody LOGNAME=x XDG_CACHE_HOME=/tmp exec "$@""#
        ),
        ("path", #"mkdir -p 'deep er/ä'; mv src image.json 'deep er/ä'; cd 'deep er/ä'; exec "$@""#),
        ("group bits", #"chmod -R g+w,o-r src; exec "$@""#),
        ("one thing at a time", #"exec taskset -c 0 "$@""#),
    ]

    @Test func nothingButTheInputsMovesTheDigest() throws {
        let reference = try CommandLab(withBase: true)
        try reference.writeSample()
        let digest = try reference.build("image.json")
        for (name, script) in DeterminismTests.differences {
            let lab = try CommandLab(withBase: true)
            try lab.writeSample()
            let ran = try lab.tool(
                "sh", "-c", script, "sh", try BuiltCommand.path(), "build", "-q", "image.json", "--store",
                "\(lab.path)/store")
            #expect(ran.line == digest, "\(name)")
        }
    }

    @Test func importIsTheSameEverywhere() throws {
        let one = try CommandLab()
        let two = try CommandLab()
        #expect(try one.importBase(one.store) == two.importBase(two.store))
    }

    /// pip writes times, temporary paths and byte code; none of it may show.
    @Test func pinnedPackagesGiveOneDigestInTwoStores() throws {
        let base = try setting("CHALK_TEST_BASE")
        let flags = try setting("CHALK_TEST_RUN_FLAGS").split(separator: "\n").map(String.init)
        let lab = try CommandLab()
        try lab.write(
            #"{"baseImage": "python", "steps": [{"pipInstall": {"packages": ["six==1.16.0"]}}], "#
                + #""cmd": ["python3", "-c", "import six; print(six.__version__)"]}"#, "image.json")
        var digests: [String] = []
        try lab.check("import", base, "-t", "python", "--cmd", "python3", "--store", "first")
        try lab.tool("cp", "-r", "--reflink=auto", "first", "second")
        for store in ["first", "second"] {
            digests.append(
                try BuiltCommand.check(
                    try lab.command(["build", "-q", "image.json", "-t", "six", "--store", store] + flags),
                    in: lab.path
                ).line)
        }
        #expect(digests[0] == digests[1])
        let ran = try lab.check("run", "six", "--store", "second")
        #expect(ran.output == "1.16.0\n")
    }
}
