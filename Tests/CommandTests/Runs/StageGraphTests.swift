import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// Stages that do not need each other are built at the same time.
struct StageGraphTests {
    private let lab: CommandLab

    init() throws {
        lab = try CommandLab(withBase: true)
        try lab.write("", "context/empty")
    }

    private func build(_ dockerfile: String, _ flags: [String] = []) throws -> BuiltCommand.Ran {
        try lab.write(dockerfile, "context/Dockerfile")
        return try lab.chalk(
            ["build", "-f", "context/Dockerfile", "context", "--progress=plain"] + flags)
    }

    /// Each of two steps waits for what the other one does in a cache that they share.
    @Test func stagesMeet() throws {
        func meet(_ mine: String, _ other: String) -> String {
            """
            RUN --mount=type=cache,target=/meet touch /meet/\(mine); \\
                i=0; until [ -e /meet/\(other) ]; do sleep 0.05; i=$((i+1)); [ $i -lt 1200 ] || exit 1; done; echo \(mine) > /\(mine)
            """
        }
        let ran = try build(
            """
            FROM busybox AS one
            \(meet("one", "two"))
            FROM busybox AS two
            \(meet("two", "one"))
            FROM scratch
            COPY --from=one /one /
            COPY --from=two /two /

            """, ["--jobs", "2"])
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(ran.errors.contains("[one 1/4] ") && ran.errors.contains("[two 2/4] "), "\(ran.errors)")
    }

    @Test func theOrderMakesNoDifference() throws {
        let stages = (0..<5).map {
            "FROM busybox AS s\($0)\nRUN sleep 0.\($0 * 7 % 5); echo \($0) > /f\($0)\nWORKDIR /w\($0)\n"
        }
        let copies = (0..<5).map { "COPY --from=s\($0) /f\($0) /\nRUN cat /f\($0) >> /all\n" }
        let text = stages.joined() + "FROM busybox\n" + copies.joined()
        let digests = try ["1", "2", "9"].map { try build(text, ["--jobs", $0, "--no-cache"]).line }
        #expect(Set(digests).count == 1 && digests[0].hasPrefix("sha256:"), "\(digests)")
    }

    @Test func theFirstFailureEndsTheOthers() throws {
        let mark = "sleep \(Int.random(in: 100_000...999_999))"
        let ran = try build(
            """
            FROM busybox AS slow
            RUN --mount=type=cache,target=/meet touch /meet/slow; exec \(mark)
            FROM busybox AS failing
            RUN --mount=type=cache,target=/meet until [ -e /meet/slow ]; do sleep 0.05; done; exit 9
            FROM busybox AS never
            COPY --from=slow /tmp /x
            FROM scratch
            COPY --from=failing /tmp /tmp
            COPY --from=never /x /x

            """, ["--jobs", "2"])
        #expect(ran.status == 1)
        #expect(
            ran.errors.split(separator: "\n").last { $0.hasPrefix("error: ") }
                .map { $0.contains("Dockerfile:4: ") && $0.contains("ended with exit code 9") } == true,
            "\(ran.errors)")
        #expect(ran.errors.contains("stopped, since another step failed"), "\(ran.errors)")
        #expect(try Leftovers.processesAfterWaiting(mark).isEmpty)
        #expect(try Leftovers.mounts(lab.path).isEmpty)
        #expect(try lab.check("verify").status == 0)
    }

    @Test func stagesThatNobodyNeedsAreNotBuilt() throws {
        let ran = try build(
            """
            FROM registry.invalid/none AS unneeded
            RUN exit 1
            FROM busybox AS mounted
            RUN echo mounted > /m
            FROM busybox
            RUN --mount=from=mounted,target=/x cat /x/m > /m

            """)
        #expect(ran.status == 0, "\(ran.errors)")
    }

    @Test(arguments: ["0", "-1", "many"]) func wrongJobs(text: String) throws {
        let ran = try build("FROM busybox\n", ["--jobs=\(text)"])
        #expect(ran.status == 2)
        #expect(ran.errors.contains("--jobs is a number from 1 on, not \"\(text)\""), "\(ran.errors)")
    }

    @Test func foreignPlatforms() throws {
        let foreign = try lab.tool("uname", "-m").line == "x86_64" ? "s390x" : "loong64"
        try lab.check(
            "import", try TinyBase.shared.get(), "-t", "foreign", "--platform", "linux/\(foreign)")
        let copied = try build(
            "FROM foreign\nCOPY empty /\nWORKDIR /x\n", ["--platform", "linux/\(foreign)"])
        #expect(copied.status == 0, "\(copied.errors)")
        let ran = try build("FROM foreign\nRUN true\n", ["--platform", "linux/\(foreign)"])
        #expect(ran.status == 1)
        #expect(
            ran.errors.contains(
                "no emulator is registered for such programs (binfmt_misc, flag F); install one (Debian:"
                    + " apt-get install qemu-user-static) or build it on such a machine"), "\(ran.errors)")
    }
}
