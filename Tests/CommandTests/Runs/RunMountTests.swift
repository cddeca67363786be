import ChalkTestSupport
import Foundation
import Testing

/// `RUN --mount` of every type, built.
struct RunMountTests {
    private let lab: CommandLab

    init() throws {
        lab = try CommandLab(withBase: true)
        try lab.write("one\n", "context/one")
        try lab.write("two\n", "context/sub/two", mode: 0o755)
        try lab.write("hidden\n", "context/hidden.log")
        try lab.write("*.log\nDockerfile\n", "context/.dockerignore")
    }

    /// Builds a Dockerfile and says what its steps came to.
    private func build(_ dockerfile: String, _ flags: String...) throws -> (ran: [String], seen: String) {
        try lab.write(dockerfile, "context/Dockerfile")
        try lab.tool("rm", "-rf", "root")
        let words = ["build", "-f", "context/Dockerfile", "context", "--metadata-file", "meta.json"]
        let ran = try lab.chalk(words + ["-o", "type=dir,dest=root"] + flags)
        try #require(ran.status == 0, "\(ran.errors)")
        let steps = try objects(try lab.metadata("meta.json")["chalk.steps"])
        return (
            steps.compactMap { $0["outcome"] as? String }.filter { $0 != "configured" },
            try lab.exists("root/seen") ? try lab.text("root/seen") : ""
        )
    }

    @Test func filesOfTheContext() throws {
        let text = """
            FROM busybox
            WORKDIR /work
            RUN --mount=target=. --mount=type=bind,source=sub,dst=/sub,rw --mount=src=one,target=/file \\
                ls . > /seen; cat /file /sub/two >> /seen; echo x > /sub/new && ls /sub >> /seen; \\
                touch /work/no || echo refused >> /seen; ls -l /work/sub | busybox grep -c rwxr-xr-x >> /seen

            """
        let first = try build(text)
        #expect(first.ran == ["built", "built"])
        #expect(first.seen == "one\nsub\none\ntwo\nnew\ntwo\nrefused\n1\n")
        #expect(try lab.tool("ls", "root").output == "bin\netc\nseen\ntmp\nwork\n")
        #expect(try lab.tool("ls", "root/work").output == "")
        #expect(try build(text).ran == ["cached", "cached"])
        // What is ignored does not count, what is mounted does.
        try lab.write("changed\n", "context/hidden.log")
        #expect(try build(text).ran == ["cached", "cached"])
        try lab.write("other\n", "context/one")
        let plan = try object(
            try lab.check("plan", "-f", "context/Dockerfile", "context", "--json").bytes)
        #expect(
            try objects(plan["steps"]).compactMap { $0["reason"] as? String } == ["mount `/work` changed"])
        #expect(try build(text).ran == ["cached", "built"])
    }

    @Test func partsOfAnotherStage() throws {
        func text(_ other: String) -> String {
            """
            FROM busybox AS made
            RUN mkdir -p /out/bin && echo tool > /out/bin/tool && echo \(other) > /elsewhere
            FROM busybox
            RUN --mount=from=made,source=/out/bin,target=/tools cat /tools/tool > /seen
            COPY --from=made /out /out

            """
        }
        let first = try build(text("1"))
        #expect(first.ran == ["built", "built", "built"] && first.seen == "tool\n")
        #expect(try lab.exists("root/tools") == false)
        // Something else in the stage changed: neither the step that mounts nor the one that copies is done again.
        #expect(try build(text("2")).ran == ["built", "cached", "cached"])
    }

    @Test func caches() throws {
        let text = """
            FROM busybox AS seed
            RUN mkdir /seed && echo seeded > /seed/file
            FROM busybox
            RUN --mount=type=cache,target=/c,mode=0711,uid=7,gid=8 busybox stat -c '%a %u:%g' /c >> /seen; touch /c/1
            RUN --mount=type=cache,target=/c ls /c >> /seen; busybox stat -c '%a %u:%g' /c >> /seen
            RUN --mount=type=cache,target=/s,from=seed,source=/seed cat /s/file >> /seen; echo more > /s/file
            RUN --mount=type=cache,id=x,target=/a,sharing=locked --mount=type=cache,id=x,target=/b touch /a/z; ls /b >> /seen
            RUN --mount=type=cache,target=/c,mode=0711,uid=7,gid=8,ro ls /c >> /seen; touch /c/2 || echo refused >> /seen

            """
        #expect(try build(text).seen == "711 7:8\n755 0:0\nseeded\nz\n1\nrefused\n")
        #expect(try build(text, "--no-cache").seen == "711 7:8\n755 0:0\nmore\nz\n1\nrefused\n")
        #expect(try lab.tool("ls", "root").output == "bin\netc\nseen\ntmp\n")
    }

    @Test func privateAndLockedCachesOfStepsAtTheSameTime() throws {
        let stages = ["a", "b"].map { name in
            """
            FROM busybox AS \(name)
            RUN --mount=type=cache,id=p,target=/p,sharing=private --mount=type=cache,id=l,target=/l,sharing=locked \\
                mkdir /l/busy && touch /p/\(name) && sleep 0.3 && ls /p > /seen-\(name) && busybox rmdir /l/busy

            """
        }
        let text = stages.joined() + "FROM scratch\nCOPY --from=a /seen-a /\nCOPY --from=b /seen-b /\n"
        _ = try build(text, "--jobs", "2")
        #expect(try lab.text("root/seen-a") == "a\n" || lab.text("root/seen-b") == "b\n")
    }

    @Test func memoryAndNetworks() throws {
        let text = """
            FROM busybox
            RUN --mount=type=tmpfs,target=/t,size=64k busybox df -k /t | busybox awk 'NR==2{print $2}' >> /seen
            RUN --network=none ls /sys/class/net >> /seen
            RUN --network=host cat /etc/hosts | busybox grep mirror >> /seen

            """
        #expect(
            try build(text, "--add-host", "mirror:10.0.0.5", "--add-host", "six=[::1]").seen
                == "64\nlo\n10.0.0.5 mirror\n")
        #expect(try build(text, "--add-host", "mirror:10.0.0.6").ran == ["built", "built", "built"])
    }

    @Test(arguments: [
        ("--security=insecure true", "would give the step every capability"),
        ("--mount=target=/ true", "RUN --mount=type=bind cannot be mounted on /; give it a target below"),
        (
            "--mount=type=secret,id=s,required true",
            "the secret \"s\" was not given; add --secret id=s,src=FILE"
        ),
        ("--mount=type=ssh,required true", "the SSH agent \"default\" was not given; add --ssh default"),
        ("--mount=src=none,target=/x true", "none is not in the build context"),
        ("--mount=from=other,src=/none,target=/x true", "cannot mount /none on /x: it is not in the stage"),
    ])
    func whatCannotBe(flags: String, words: String) throws {
        try lab.write("FROM busybox AS other\nFROM busybox\nRUN \(flags)\n", "context/Dockerfile")
        let ran = try lab.chalk(["build", "-f", "context/Dockerfile", "context"])
        #expect(ran.status != 0 && ran.errors.contains("Dockerfile:3: "), "\(ran.errors)")
        #expect(ran.errors.contains(words), "\(ran.errors)")
    }

    @Test func limits() throws {
        let text = """
            FROM busybox
            RUN head -c 200000000 /dev/zero | busybox tail -c 200000000 | busybox wc -c > /seen; ulimit -n >> /seen

            """
        #expect(try build(text, "--memory", "32m", "--ulimit", "nofile=99").seen == "0\n99\n")
        // Limits are no part of a key.
        #expect(try build(text).ran == ["cached"])
        #expect(try build(text, "--no-cache").seen.hasPrefix("200000000\n"))
        let ran = try lab.chalk(["build", "-f", "context/Dockerfile", "context", "-m", "much"])
        #expect(ran.status == 2 && ran.errors.contains("--memory cannot be \"much\""), "\(ran.errors)")
    }
}
