import ChalkTestSupport
import Foundation
import Testing

/// What steps do to files, and to the machine, and what of it is in the layer.
struct ExecutionCaseTests {
    private let lab: CommandLab

    init() throws {
        lab = try CommandLab(withBase: true)
        try lab.write("", "context/empty")
    }

    /// Runs commands and gives the tar of the whole image, as `tar -tv` shows it, by path.
    private func files(_ commands: String..., before: String = "") throws -> [String: String] {
        let ran = try build(commands, before)
        try #require(ran.status == 0, "\(ran.errors)")
        let listing = try lab.tool(
            "tar", "--numeric-owner", "--full-time", "-tvf", "image.tar", variables: ["TZ": "UTC"])
        var files: [String: String] = [:]
        for line in listing.output.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            // Mode, owner, size, day, hour, path and where it leads.
            files[String(fields[5])] =
                ([fields[0], fields[1]] + fields[6...]).joined(separator: " ")
        }
        return files
    }

    private func build(_ commands: [String], _ before: String = "") throws -> BuiltCommand.Ran {
        let runs = commands.map { "RUN \($0)\n" }.joined()
        try lab.write("FROM busybox\n\(before)\(runs)", "context/Dockerfile")
        return try lab.chalk([
            "build", "-f", "context/Dockerfile", "context", "--progress=plain", "-o",
            "type=tar,dest=image.tar",
        ])
    }

    @Test func everyKindOfFile() throws {
        let files = try files(
            "mkdir -p /d/gone /d/kept && echo x > /d/gone/x && echo k > /d/kept/k && ln /d/kept/k /d/hard",
            "rm -r /d/gone && busybox rm -r /d/kept && mkdir /d/kept && echo new > /d/kept/new",
            """
            cd /d && busybox mkfifo -m 640 fifo && ln -s /nowhere link && cp /bin/busybox suid && \\
            chmod 4755 suid && mkdir -m 2770 setgid && mkdir -m 1777 sticky && \\
            busybox truncate -s 100000000 sparse && busybox chown -h 70000:70001 link suid && chmod 4755 suid
            """.replacing("cp ", with: "busybox cp "))
        #expect(files["d/gone/"] == nil && files["d/gone/x"] == nil && files["d/kept/k"] == nil)
        #expect(files["d/kept/new"] == "-rw-r--r-- 0/0")
        #expect(files["d/fifo"] == "prw-r----- 0/0")
        #expect(files["d/link"] == "lrwxrwxrwx 70000/70001 -> /nowhere")
        #expect(files["d/suid"] == "-rwsr-xr-x 70000/70001")
        #expect(files["d/setgid/"] == "drwxrws--- 0/0" && files["d/sticky/"] == "drwxrwxrwt 0/0")
        #expect(files["d/sparse"] == "-rw-r--r-- 0/0")
    }

    @Test func hardLinksStayOneFile() throws {
        let files = try files(
            "busybox dd if=/dev/zero of=/one bs=1k count=64 2>/dev/null && ln /one /two && mkdir /m && ln /one /m/three"
        )
        let links = ["m/three", "one", "two"].filter { files[$0]?.hasPrefix("h") == true }
        #expect(links.count == 2, "\(files)")
    }

    @Test func attributesAndCapabilitiesOfFiles() throws {
        try lab.check("import", try setting("CHALK_TEST_BASE"), "-t", "python")
        try lab.write(
            """
            FROM python
            RUN python3 -c "import os; open('/cap', 'w'); os.setxattr('/cap', 'security.capability', bytes.fromhex('0100000200200000000000000000000000000000')); os.setxattr('/cap', 'user.note', b'kept')"
            RUN python3 -c "import os; print(os.getxattr('/cap', 'security.capability').hex(), os.getxattr('/cap', 'user.note'))" > /seen

            """, "context/Dockerfile")
        try lab.check(
            "build", "-f", "context/Dockerfile", "context", "-o", "type=dir,dest=root")
        #expect(try lab.text("root/seen") == "0100000200200000000000000000000000000000 b'kept'\n")
    }

    @Test func timesAreThoseOfTheBuild() throws {
        let text =
            "FROM busybox\nRUN touch /now; touch -d '1970-02-03 04:05:06' /old; busybox touch -h /link 2>/dev/null; true\n"
        try lab.write(text, "context/Dockerfile")
        try lab.check(
            "build", "-f", "context/Dockerfile", "context", "-o", "type=tar,dest=image.tar",
            variables: ["SOURCE_DATE_EPOCH": "100000000"])
        let listing = try lab.tool(
            "tar", "--full-time", "-tvf", "image.tar", "now", "old", variables: ["TZ": "UTC"])
        #expect(listing.output.contains("1973-03-03 09:46:40 now"), "\(listing.output)")
        #expect(listing.output.contains("1970-02-03 04:05:06 old"), "\(listing.output)")
    }

    @Test func veryManyFiles() throws {
        let ran = try build([
            "mkdir /many && cd /many && seq 100 | busybox xargs mkdir && seq 100 | while read d; do (cd $d; seq 1000 | busybox xargs touch); done"
        ])
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(try lab.tool("sh", "-c", "tar -tf image.tar | grep -c '^many/.*[0-9]$'").output == "100000\n")
    }

    @Test func bigOutputArrivesWhole() throws {
        let ran = try build(["yes 0123456789 | head -n 500000; echo the end >&2"])
        #expect(ran.errors.split(separator: "\n").count { $0.hasSuffix("| 0123456789") } == 500_000)
        #expect(ran.errors.contains("| the end\n"))
    }

    @Test func standardInputIsEmptyAndNoTerminal() throws {
        let files = try files("cat > /in; [ -t 0 ] && touch /terminal; busybox tty > /tty; true")
        #expect(files["terminal"] == nil && files["in"] == "-rw-r--r-- 0/0")
        #expect(try lab.tool("tar", "-xOf", "image.tar", "tty").output == "not a tty\n")
        #expect(try lab.tool("tar", "-xOf", "image.tar", "in").output == "")
    }

    @Test func aStepCanRuinItsTree() throws {
        let files = try files("busybox rm -rf /bin /etc/extra /tmp")
        #expect(files["bin/"] == nil && files["etc/extra"] == nil && files["etc/passwd"] != nil)
        let ran = try build(["busybox rm -rf /bin", "echo after"])
        #expect(ran.status == 1)
        #expect(
            ran.errors.contains("Dockerfile:3: cannot start the step: ") && ran.errors.contains("/bin/sh"),
            "\(ran.errors)")
    }

    @Test func aFullDiskIsTheStepsFailure() throws {
        let dockerfile = "FROM busybox\nRUN --mount=type=tmpfs,target=/t,size=1m yes > /t/full\n"
        try lab.write(dockerfile, "context/Dockerfile")
        let ran = try lab.chalk(["build", "-f", "context/Dockerfile", "context", "--progress=plain"])
        #expect(ran.status == 1 && ran.errors.contains("No space left on device"), "\(ran.errors)")
        #expect(try lab.check("verify").status == 0)
        #expect(try build(["echo fine"]).status == 0)
    }

    @Test func whatAStepLeavesRunningEndsWithIt() throws {
        let mark = "86400.\(UInt32.random(in: 1...9_999_999))"
        let ran = try build([
            "busybox setsid sleep \(mark) >/dev/null 2>&1 & busybox nohup sleep \(mark) & echo started"
        ])
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(try Leftovers.processes(mark).isEmpty)
    }

    @Test func users() throws {
        let files = try files(
            "id -u > /tmp/u; id -G >> /tmp/u; echo $HOME >> /tmp/u", "touch /w/mine",
            before: "USER 4321:77\nWORKDIR /w\n")
        #expect(try lab.tool("tar", "-xOf", "image.tar", "tmp/u").output == "4321\n77\n/\n")
        #expect(files["w/"] == "drwxr-xr-x 4321/77" && files["w/mine"] == "-rw-r--r-- 4321/77")
    }

    @Test func socketsAreLeftOutWithAWarning() throws {
        try lab.check("import", try setting("CHALK_TEST_BASE"), "-t", "python")
        try lab.write(
            """
            FROM python
            RUN python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('/s')" && [ -S /s ] && touch /beside

            """, "context/Dockerfile")
        let ran = try lab.check(
            "build", "-f", "context/Dockerfile", "context", "-o", "type=tar,dest=image.tar")
        #expect(ran.errors.contains("left the socket /s, which no layer can hold"), "\(ran.errors)")
        let names = try lab.tool("tar", "-tf", "image.tar").output.split(separator: "\n")
        #expect(names.contains("beside") && !names.contains("s"))
    }
}
