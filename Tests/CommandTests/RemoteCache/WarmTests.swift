import ChalkTestSupport
import Foundation
import Testing

/// `chalk-image warm` against a real registry.
@Suite struct WarmTests {
    private let registry: DockerRegistry
    private let lab: CommandLab

    init() throws {
        registry = try CacheRegistry.shared()
        lab = try CommandLab()
        // One step that all have, and that takes long enough for the others to come upon it.
        for name in ["api", "web", "job"] {
            try lab.write(
                """
                FROM \(registry.name)/base:1
                RUN sleep 0.2; head -c 16 /dev/urandom > /shared
                COPY files /files
                RUN cat /files/* /shared > /\(name)

                """, "\(name)/Dockerfile")
            try lab.write("\(name)\n", "\(name)/files/\(name)")
        }
        try lab.write("# what CI builds\napi\n\n-f web/Dockerfile web  # two\n'job'\n", "list")
    }

    private struct Row: Equatable {
        let spec: String
        let steps: Int
        let hits: Int
        let built: Int
        let isWarm: Bool
    }

    private struct Report {
        let status: Int32
        let rows: [Row]
        let pushed: Int
        let digests: [String]
        let errors: String
    }

    private func warm(_ store: String, _ words: String...) throws -> Report {
        let ran = try lab.chalk(
            ["warm", "--json", "--progress=quiet", "--store", "\(lab.path)/\(store)"] + words)
        let specs = try objects(try object(ran.bytes)["specs"])
        let rows = try specs.map { spec in
            func number(_ name: String) throws -> Int { try #require(spec[name] as? Int) }
            return Row(
                spec: try #require(spec["spec"] as? String), steps: try number("steps"),
                hits: try number("hits"),
                built: try number("built"), isWarm: spec["warm"] as? Bool == true)
        }
        return Report(
            status: ran.status, rows: rows,
            pushed: specs.compactMap { $0["pushedBytes"] as? Int }.reduce(0, +),
            digests: specs.compactMap { $0["digest"] as? String }, errors: ran.errors)
    }

    @Test func aSharedStepRunsOnceAndAnotherMachineRunsNone() throws {
        let cache = "\(registry.name)/warm"
        let names = ["api", "-f web/Dockerfile web", "job"]
        let cold = try warm("a", "--check", "--list", "list", "--cache-to", cache)
        #expect(cold.status == 1 && cold.rows.allSatisfy { !$0.isWarm && $0.built == 3 }, "\(cold)")

        let first = try warm("a", "--list", "list", "--cache-to", cache, "--jobs", "3")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.rows.map(\.spec) == names)
        #expect(first.rows.allSatisfy { $0.steps == 3 && !$0.isWarm })
        #expect(first.rows.map(\.built).reduce(0, +) == 7, "\(first.rows)")
        #expect(first.pushed > 0)
        #expect(try CacheRegistry.keys("warm").count == 7)

        let again = try warm("a", "--list", "list", "--cache-to", cache)
        #expect(again.status == 0 && again.pushed == 0 && again.rows.allSatisfy(\.isWarm))

        let checked = try warm("b", "--check", "--list", "list", "--cache-to", cache)
        #expect(checked.status == 0, "\(checked)")
        let second = try warm("c", "--list", "list", "--cache-to", cache)
        #expect(second.rows == names.map { Row(spec: $0, steps: 3, hits: 3, built: 0, isWarm: true) })
        #expect(second.pushed == 0 && second.digests == first.digests)
        // And build finds it as well.
        let built = try lab.chalk(["build", "-q", "-f", "job/Dockerfile", "job", "--cache-from", cache])
        #expect(built.line == first.digests.last)
    }

    @Test func aMissIsExplainedByTheSameProject() throws {
        let cache = "\(registry.name)/projects"
        _ = try warm("a", "--list", "list", "--cache-to", cache)
        for name in ["api", "web", "job"] {
            try lab.write("another\n", "\(name)/files/\(name)")
            let ran = try lab.chalk([
                "warm", "--check", name, "--cache-from", cache, "--store", "\(lab.path)/\(name)-b",
            ])
            #expect(ran.status == 1)
            #expect(
                ran.output.contains("  COPY files /files\n    ^ `files/\(name)` changed\n"),
                "\(ran.output)\(ran.errors)")
        }
    }

    @Test func twoWarmersLoseNothing() throws {
        let cache = "\(registry.name)/both"
        let runs = try ["a", "b"].map { store in
            try lab.start(
                "warm", "api", "web", "job", "--progress=quiet", "--cache-to", cache, "--store",
                "\(lab.path)/\(store)")
        }
        for run in runs {
            let ran = try run.wait()
            #expect(ran.status == 0, "\(ran.errors)")
        }
        let third = try warm("c", "api", "web", "job", "--cache-to", cache)
        #expect(third.rows.allSatisfy { $0.hits == 3 && $0.built == 0 && $0.isWarm }, "\(third)")
        for key in try CacheRegistry.keys("both") {
            let (_, manifest) = try CacheRegistry.manifest("both", key)
            for blob in try objects(manifest["layers"]) + [try #require(manifest["config"] as? [String: Any])]
            {
                let digest = try #require(blob["digest"] as? String)
                #expect(try lab.exists(CacheRegistry.file(digest)))
            }
        }
    }

    @Test func oneThatFailsDoesNotStopTheOthers() throws {
        let cache = "\(registry.name)/mixed"
        try lab.write("FROM \(registry.name)/base:1\nRUN exit 3\n", "bad.Dockerfile")
        try lab.write("-f bad.Dockerfile .\nnothing.json\napi\n", "mixed")
        let ran = try lab.chalk([
            "warm", "--list", "mixed", "web", "--cache-to", "type=registry,ref=\(cache),mode=max",
            "--progress=quiet",
        ])
        #expect(ran.status == 1)
        let lines = ran.output.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true)
        }
        #expect(lines.first?.joined(separator: " ") == "spec steps hits built pushed seconds result")
        #expect(
            lines.dropFirst().map { $0.last ?? "" } == ["warmed", "failed", "failed", "warmed"],
            "\(ran.output)")
        #expect(
            ran.errors.contains("error: nothing.json: there is no spec file nothing.json\n"), "\(ran.errors)")
        #expect(ran.errors.contains("\"RUN exit 3\" ended with exit code 3"))
        #expect(try warm("other", "api", "web", "--cache-to", cache).rows.allSatisfy(\.isWarm))
    }

    @Test func aCacheThatCannotBeWrittenToFailsUnlessItMay() throws {
        let nowhere = "localhost:1/cache"
        let failed = try warm("a", "api", "--cache-to", nowhere)
        #expect(failed.status == 1)
        #expect(
            failed.errors.contains("error: api: not everything is in the cache \(nowhere): "),
            "\(failed.errors)")
        #expect(try warm("a", "api", "--cache-to", "\(nowhere),ignore-error=true").status == 0)
    }

    /// Words and what is said of them.
    static let wrongWords: [([String], String)] = [
        (["x.json"], "a cache is missing: --cache-to REF (or --cache-from REF)"),
        (["--cache-to", "r"], "there is nothing to build: name a SPEC or a CONTEXT, or --list FILE"),
        (
            ["-f", "D", "a", "b", "--cache-to", "r"],
            "-f goes with one CONTEXT; write several into a --list FILE, a line each"
        ),
        (["--list", "wrong", "--cache-to", "r"], "wrong:2: unknown flag --tag"),
        (["--list", "open", "--cache-to", "r"], "open:1: a quote has no end"),
        (["x", "--cache-to", "r", "--progress", "tty"], "--progress is plain, json or quiet, not \"tty\""),
    ]

    @Test(arguments: WarmTests.wrongWords) func wrongWordsAreSaid(_ words: [String], _ sentence: String)
        throws
    {
        try lab.write("api\nweb --tag x\n", "wrong")
        try lab.write("'api\n", "open")
        let ran = try lab.chalk(["warm"] + words)
        #expect(ran.status == 2)
        #expect(ran.errors == "error: \(sentence); see `chalk-image warm --help`\n")
    }
}
