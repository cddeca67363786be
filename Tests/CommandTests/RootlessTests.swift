import ChalkSystem
import Foundation
import Testing

/// Everything once more as somebody who is not root (`CHALK_TEST_USER`, else `tester`).
@Suite(.serialized) struct RootlessTests {
    private static var user: String { ProcessInfo.processInfo.environment["CHALK_TEST_USER"] ?? "tester" }

    private static let spec = """
        {
          "baseImage": "localhost/busybox:test",
          "env": { "NAME": "rootless" },
          "workdir": "/work",
          "steps": [
            { "addFile": { "destination": "/etc/app.conf", "content": "a2V5ID0gMQo=", "mode": 416 } },
            { "runCommands": { "commands": [
              "mkdir -p /srv/own && echo $NAME > /srv/own/f && chown -R 1234:4321 /srv/own && chmod 2750 /srv/own",
              "cp /bin/busybox /suid && chown 1000:1000 /suid && chmod 4755 /suid && ln /suid /hard && mkfifo /fifo",
              "rm -r /data/kept && mkdir /data/kept && echo new > /data/kept/new && rm /etc/old.conf"
            ] } },
            { "dockerfileCommands": { "commands": ["USER app", "RUN id -u > /tmp/by-app", "WORKDIR of-app"] } }
          ],
          "cmd": ["cat", "/srv/own/f"]
        }
        """

    private let lab: EquivalenceLab
    private let spec: String

    init() throws {
        let name = RootlessTests.user
        let known = try EquivalenceLab.run(["id", "-u", name])
        if known.status != 0 { try EquivalenceLab.shell("useradd --create-home \"$0\"", [name]) }
        lab = try EquivalenceLab(user: name)
        try lab.makeBase()
        spec = try lab.write(RootlessTests.spec, to: "spec/image.json")
    }

    @Test func theDigestIsThatOfRoot() throws {
        let digest = try lab.succeed(["build", spec, "-t", "x"])
        let root = try EquivalenceLab()
        try root.makeBase()
        #expect(try root.succeed(["build", spec, "-t", "x"]) == digest)
        let again = try lab.chalk(["build", spec, "--progress=json"])
        #expect(again.line == digest)
        #expect(again.errors.contains("\"cached\"") && !again.errors.contains("\"built\""), "\(again.errors)")
        #expect(try lab.chalk(["verify"]).status == 0)
    }

    @Test func outputsNeedNoRoot() throws {
        let home = lab.path + "/home"
        try lab.succeed([
            "build", spec, "-t", "x", "-o", "type=dir,dest=\(home)/tree", "-o",
            "type=tar,dest=\(home)/tree.tar",
            "-o", "type=oci-archive,dest=\(home)/image.oci",
        ])
        let tree = try EquivalenceLab.listing(home + "/tree")
        #expect(tree["srv/own/f"] != nil && tree["etc/old.conf"] == nil && tree["data/kept/new"] != nil)
        let table = try EquivalenceLab.shell("tar --numeric-owner -tvf \"$0\"", [home + "/tree.tar"]).split(
            separator: "\n")
        func line(_ name: String) -> [Substring] {
            table.first { $0.hasSuffix(" \(name)") || $0.hasSuffix(" ./\(name)") }?.split(separator: " ")
                ?? []
        }
        #expect(line("srv/own/f").prefix(2) == ["-rw-r--r--", "1234/4321"])
        #expect(
            line("suid").prefix(2) == ["-rwsr-xr-x", "1000/1000"]
                || line("hard").prefix(2) == ["-rwsr-xr-x", "1000/1000"])
        #expect(line("tmp/by-app").prefix(2) == ["-rw-r--r--", "1000/1000"])
        #expect(line("etc/app.conf").prefix(2) == ["-rw-r-----", "0/0"])
        #expect(line("work/of-app/").prefix(2) == ["drwxr-xr-x", "1000/1000"])
        #expect(try EquivalenceLab.run(["skopeo", "inspect", "oci-archive:\(home)/image.oci"]).status == 0)
    }

    @Test func containersRun() throws {
        try lab.succeed(["build", spec, "-t", "x"])
        #expect(try lab.succeed(["run", "x", "--", "id", "-u"]) == "1000")
        #expect(try lab.succeed(["run", "x", "--", "pwd"]) == "/work/of-app")
        let failing = try lab.chalk(["run", "x", "--", "sh", "-c", "exit 7"])
        #expect(failing.status == 7)

        try lab.succeed(["run", "-d", "--name", "c", "x", "sh", "-c", "echo begun; sleep 86400"])
        #expect(try lab.succeed(["exec", "c", "id", "-u"]) == "1000")
        #expect(try lab.succeed(["exec", "-u", "0", "c", "id", "-u"]) == "0")
        #expect(try lab.succeed(["logs", "c"]) == "begun")
        #expect(try lab.succeed(["stop", "c"]) == "c")
        #expect(try lab.succeed(["ps", "-a"]).contains("Exited (137)"))
        let limited = try lab.chalk(["run", "--memory", "64Mi", "x", "true"])
        #expect(limited.status == 2)
        #expect(limited.errors.contains("without root it has no control group of its own"))
    }

    @Test func devicesAreRefused() throws {
        let spec = try lab.write(
            """
            { "baseImage": "localhost/busybox:test", "steps": [ { "runCommands": { "commands": ["mknod /dev0 c 1 3"] } } ] }
            """, to: "device/image.json")
        let ran = try lab.chalk(["build", spec])
        #expect(ran.status == 1)
        #expect(ran.errors.contains("Operation not permitted"), "\(ran.errors)")
        #expect(try lab.chalk(["verify"]).status == 0)
    }

    /// The step says that it runs; then the command is interrupted, as by Ctrl-C.
    @Test func anInterruptLeavesAGoodStore() throws {
        let mark = "sleep \(Int.random(in: 100_000...999_999))"
        let spec = try lab.write(
            """
            { "baseImage": "localhost/busybox:test", "steps": [ { "runCommands": { "commands": ["echo running; \(mark)"] } } ] }
            """, to: "slow/image.json")
        let status = try EquivalenceLab.shell(
            """
            cd "$1/home"; mkfifo "$1/said"; chown "$0:" "$1/said"
            setpriv --reuid "$0" --regid "$0" --init-groups env -i PATH="$PATH" HOME="$1/home" \
                LD_LIBRARY_PATH="$LD_LIBRARY_PATH" CHALK_IMAGE_STORE="$1/home/store" \
                "$1/chalk-image" build "$2" --progress=plain 2>"$1/said" >/dev/null & child=$!
            while read -r line; do case $line in *running) kill -INT $child;; esac; done <"$1/said"
            set +e; wait $child; echo $?
            """, [RootlessTests.user, lab.path, spec])
        #expect(status == "130\n")
        #expect(try Leftovers.processesAfterWaiting(mark).isEmpty)
        #expect(try Leftovers.mounts(lab.path).isEmpty)
        #expect(try lab.chalk(["verify"]).status == 0)
        try lab.succeed(["build", self.spec])
    }
}
