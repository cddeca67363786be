import ChalkTestSupport
import Foundation
import Testing

/// Secrets are seen by the steps that ask for them, and are nowhere afterwards.
struct SecretTests {
    private let lab: CommandLab
    private let marker = "tOp-SeCrEt-\(UInt64.random(in: 1 << 60 ... .max))"

    init() throws {
        lab = try CommandLab(withBase: true)
        try lab.write("\(marker)\n", "secret.txt", mode: 0o600)
        try lab.write("", "context/empty")
    }

    private static let dockerfile = """
        FROM busybox
        RUN --mount=type=secret,id=file [ "$(busybox wc -c < /run/secrets/file)" -gt 20 ] && busybox stat -c '%a %u:%g' /run/secrets/file > /seen
        RUN --mount=type=secret,id=file,target=/etc/key,mode=0444,uid=5,gid=6 busybox stat -c '%a %u:%g' /etc/key >> /seen
        RUN --mount=type=secret,id=value,env=TOKEN [ ${#TOKEN} -gt 20 ] && echo "in a variable" >> /seen
        RUN --mount=type=secret,id=nobody ls /run/secrets || echo none >> /seen
        RUN --mount=type=secret,id=file cat /run/secrets/file; cat /run/secrets/file >&2; \\
            while read -n 1 c; do echo -n "$c"; sleep 0.01; done < /run/secrets/file; echo; echo done

        """

    private func build(_ flags: String..., dockerfile: String = SecretTests.dockerfile) throws -> String {
        try lab.write(dockerfile, "context/Dockerfile")
        let words = [
            "build", "-f", "context/Dockerfile", "context", "--progress=plain", "-t", "app",
            "--secret", "id=file,src=secret.txt", "--secret", "id=value,env=THE_TOKEN",
        ]
        let ran = try lab.chalk(words + flags, variables: ["THE_TOKEN": marker])
        return ran.errors + (ran.status == 0 ? "" : "FAILED")
    }

    private func traces() throws -> String {
        try lab.tool("sh", "-c", "grep -rlaF \(marker) store root archive.tar 2>/dev/null || true").output
    }

    @Test func nothingOfThemStays() throws {
        let shown = try build(
            "-o", "type=dir,dest=root", "-o", "type=oci-archive,dest=archive.tar", "--compression", "none")
        #expect(!shown.contains("FAILED") && !shown.contains(marker), "\(shown)")
        // Printed three times: on both streams, and a byte at a time.
        #expect(shown.split(separator: "\n").filter { $0.hasSuffix("| ***") }.count == 3, "\(shown)")
        #expect(shown.contains("| done"))
        #expect(try lab.text("root/seen") == "400 0:0\n444 5:6\nin a variable\nnone\n")
        #expect(try lab.exists("root/run") == false && lab.exists("root/etc/key") == false)
        #expect(try traces() == "")
        #expect(try lab.check("inspect", "--json", "app").output.contains(marker) == false)
        // Another value is no other step.
        try lab.write("something else entirely\n", "secret.txt")
        let again = try build("--compression", "none")
        #expect(!again.contains("] built ") && !again.contains("done in 0.0s, no files"), "\(again)")
    }

    @Test func noneIsInWhatAFailedStepLeaves() throws {
        let shown = try build(
            dockerfile: """
                FROM busybox
                RUN --mount=type=secret,id=file --mount=type=secret,id=value,env=TOKEN cat /run/secrets/file; echo "$TOKEN"; exit 3

                """)
        #expect(shown.contains("FAILED") && shown.contains("| ***") && !shown.contains(marker), "\(shown)")
        #expect(try traces() == "")
        let ran = try lab.chalk([
            "shell", "--failed", "--store", lab.store, "--", "cat", "/run/secrets/file",
        ])
        #expect(ran.status != 0 && ran.errors.contains("the secret \"file\" is not there; give it again"))
        let given = try lab.chalk([
            "shell", "--failed", "--store", lab.store, "--secret", "id=file,src=secret.txt", "--", "cat",
            "/run/secrets/file",
        ])
        #expect(given.output == "\(marker)\n", "\(given.errors)")
        #expect(try traces() == "")
    }

    @Test func theSameAsContainersHave() throws {
        try lab.write("# keys\nexport FIRST='\(marker)'\n", "keys.env")
        try lab.write("\(marker)\n", "vault/second")
        try lab.write(
            """
            FROM busybox
            RUN --mount=type=secret,id=FIRST,env=FIRST --mount=type=secret,id=second --mount=type=secret,id=THIRD,env=THIRD \
                [ "$FIRST" = "$(cat /run/secrets/second)" ] && [ "$FIRST" = "$THIRD" ] && echo "$FIRST"

            """, "context/Dockerfile")
        let ran = try lab.chalk(
            [
                "build", "-f", "context/Dockerfile", "context", "--progress=plain", "--secret",
                "file=keys.env",
                "--secret", "second", "--secrets-from", "dir=vault", "--secret", "env=HERE,as=THIRD",
            ], variables: ["HERE": marker])
        #expect(ran.status == 0 && ran.errors.contains("| ***"), "\(ran.errors)")
        #expect(try traces() == "")
    }

    @Test(arguments: [
        ("id=x,src=none", 3, "the secret's file"), ("id=x,env=NOT_SET", 3, "NOT_SET is not set"),
        ("src=secret.txt", 2, "--secret needs an id: id=ID"), ("id=x,what=y", 2, "\"what=y\" is neither"),
        ("id=x,type=vault", 2, "the type of --secret is file or env, not \"vault\""),
        ("NOBODY", 3, "the secret \"NOBODY\" has no value: NOBODY is not set"),
        ("TOKEN=value", 2, "a secret is NAME, env=VAR[,as=NAME]"),
        ("file=none.env", 3, "the file of secrets none.env is not there"),
    ])
    func wrongFlags(flag: String, status: Int, words: String) throws {
        try lab.write("FROM busybox\n", "context/Dockerfile")
        let ran = try lab.chalk(["build", "-f", "context/Dockerfile", "context", "--secret", flag])
        #expect(ran.status == Int32(status) && ran.errors.contains(words), "\(ran.errors)")
    }
}
