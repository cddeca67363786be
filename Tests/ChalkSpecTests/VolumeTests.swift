import Testing

@testable import ChalkSpec

@Suite("Lazy files and their volumes")
struct VolumeTests {
    let files = FakeFiles.sample

    private func groups(_ spec: ImageSpec) throws -> [String: [String]] {
        let groups = try VolumeGroups(spec, listing: files.listing).groups
        return Dictionary(uniqueKeysWithValues: groups.map { ($0.mountDirectory, $0.files.map(\.dest)) })
    }

    @Test("A directory call is one group, single files group by parent and join an equal one")
    func grouping() throws {
        let here = files.here
        let spec = try ImageSpec.base("a").addLocalDir("src", to: "/app/", in: here)
            .addLocalFile("a.txt", to: "/app/a.txt", in: here).addLocalFile(
                "run.sh", to: "/opt//x/run", in: here
            )
            .addLocalFile("a.txt", to: "/opt/x/a", in: here).addLocalDir("src", to: "/app/sub", in: here)
            .addLocalFile("a.txt", to: "/baked", strategy: .copy, in: here)
        #expect(
            try groups(spec) == [
                "/app": ["/app/a.txt", "/app/lib/tool", "/app/main.py"],
                "/app/sub": ["/app/sub/lib/tool", "/app/sub/main.py"], "/opt/x": ["/opt/x/a", "/opt/x/run"],
            ])
        let order = try VolumeGroups(spec, listing: files.listing).groups.map(\.mountDirectory)
        #expect(order == ["/app", "/app/sub", "/opt/x"])
    }

    @Test("Files carry source, mode and the root of their call")
    func lazyFiles() throws {
        let spec = try ImageSpec.base("a").addLocalFile("run.sh", to: "/b/run", mode: 0o700, in: files.here)
            .addLocalDir("src", to: "/app", in: files.here).addLocalFile(
                "run.sh", to: "/b/run", mode: 0o700, in: files.here)
        #expect(
            try spec.lazyLocalFiles(files.listing) == [
                LazyLocalFile(src: "/work/src/lib/tool", dest: "/app/lib/tool", mode: nil, mountRoot: "/app"),
                LazyLocalFile(src: "/work/src/main.py", dest: "/app/main.py", mode: nil, mountRoot: "/app"),
                LazyLocalFile(src: "/work/run.sh", dest: "/b/run", mode: 0o700, mountRoot: nil),
            ])
    }

    @Test("An archived directory is one file")
    func archive() throws {
        let spec = try ImageSpec.base("a").addLocalDir("src", to: "/data", archive: true, in: files.here)
        #expect(
            try VolumeGroups(spec, listing: files.listing).groups == [
                VolumeGroups.Group(
                    mountDirectory: "/data",
                    files: [
                        LazyLocalFile(
                            src: "/work/src", dest: "/data/archive.tar", mode: nil, mountRoot: "/data")
                    ])
            ])
    }

    @Test("Grouping does not depend on the order of calls")
    func order() throws {
        let here = files.here
        let calls: [(ImageSpec) throws -> ImageSpec] = [
            { try $0.addLocalDir("src", to: "/app", in: here) },
            { try $0.addLocalFile("a.txt", to: "/app/z", in: here) },
            { try $0.addLocalFile("a.txt", to: "/app/main.py.bak", in: here) },
            { try $0.addLocalFile("run.sh", to: "/b/c", in: here) },
        ]
        let forward = try calls.reduce(ImageSpec.scratch) { try $1($0) }
        let backward = try calls.reversed().reduce(ImageSpec.scratch) { try $1($0) }
        #expect(
            try VolumeGroups(forward, listing: files.listing)
                == VolumeGroups(backward, listing: files.listing))
    }

    @Test("The same file from a file call and a directory call is one file")
    func sameSource() throws {
        let spec = try ImageSpec.base("a").addLocalDir("src", to: "/app", in: files.here)
            .addLocalFile("src/main.py", to: "/app/main.py", in: files.here)
        #expect(try groups(spec) == ["/app": ["/app/lib/tool", "/app/main.py"]])
    }

    @Test("A volume at / is refused, with or without looking at files")
    func root() throws {
        let file = try ImageSpec.base("a").addLocalFile("a.txt", to: "/a.txt", in: files.here)
        let message =
            "\"/a.txt\" (from \"/work/a.txt\") needs a volume at \"/\", which no runtime mounts; use strategy "
            + "\"copy\", or a destination in a directory such as \"/app\""
        #expect(problem { try VolumeGroups.validate(file) } == message)
        #expect(problem { _ = try groups(file) } == message)
        let dir = try ImageSpec.base("a").addLocalDir("src", to: "//", in: files.here)
        let dirMessage = message.replacing("/a.txt\" (from", with: "/\" (from").replacing(
            "/work/a.txt", with: "/work/src")
        #expect(problem { try VolumeGroups.validate(dir) } == dirMessage)
        #expect(problem { _ = try groups(dir) } == dirMessage)
        let copied = try ImageSpec.base("a").addLocalFile(
            "a.txt", to: "/a.txt", strategy: .copy, in: files.here
        )
        .addLocalDir("src", to: "/", strategy: .copy, in: files.here)
        #expect(try groups(copied).isEmpty)
        #expect(problem { try VolumeGroups.validate(copied) } == "no error")
    }

    @Test("Two sources of one destination are refused, also across groups")
    func conflicts() throws {
        let here = files.here
        let base = try ImageSpec.base("a").addLocalFile("a.txt", to: "/app/x", in: here)
        let two = try base.addLocalFile("run.sh", to: "/app/x", in: here)
        #expect(
            problem { _ = try groups(two) }
                == "\"/app/x\" comes from two sources, \"/work/a.txt\" and \"/work/run.sh\"; leave one out, change "
                + "its destination, or use strategy \"copy\"")
        let modes = try base.addLocalFile("a.txt", to: "/app/x", mode: 0o600, in: here)
        #expect(
            problem { _ = try groups(modes) }
                == "\"/app/x\" is added twice from \"/work/a.txt\" with different modes; give it once, or "
                + "use strategy \"copy\"")
        let across = try ImageSpec.base("a").addLocalDir("src", to: "/app", in: here)
            .addLocalFile("a.txt", to: "/app/lib/tool", in: here)
        #expect(
            problem { _ = try groups(across) }
                == "\"/app/lib/tool\" comes from two sources, \"/work/a.txt\" and \"/work/src/lib/tool\"; leave one "
                + "out, change its destination, or use strategy \"copy\"")
        let onFile = try base.addLocalDir("src", to: "/app/x", in: here)
        #expect(
            problem { _ = try groups(onFile) }
                == "\"/app/x\" is a file (from \"/work/a.txt\") and the directory of a volume; change one of the "
                + "destinations, or use strategy \"copy\" for the file")
        let below = try ImageSpec.base("a").addLocalFile("a.txt", to: "/app/lib", in: here)
            .addLocalDir("src", to: "/app", in: here)
        #expect(
            problem { _ = try groups(below) }
                == "\"/app/lib\" is a file (from \"/work/a.txt\") and a directory in one; change one of the "
                + "destinations, or use strategy \"copy\" for the file")
        let under = try base.addLocalDir("src", to: "/app/x/y", in: here)
        #expect(
            problem { _ = try groups(under) }
                == "\"/app/x\" is a file (from \"/work/a.txt\") and a directory in one; change one of the "
                + "destinations, or use strategy \"copy\" for the file")
    }

    @Test("What cannot be listed is told with the step")
    func listing() throws {
        let spec = try ImageSpec.base("a").runCommands(["x"]).addLocalDir("src", to: "/app", in: files.here)
        #expect(
            problem {
                _ = try spec.lazyLocalFiles { _ in throw FakeFiles.Missing(description: "permission denied") }
            }
                == "steps[1].addLocalDir: cannot list \"/work/src\": permission denied")
        let odd: LocalDirListing = { _ in
            [ListedFile(path: [0x61, 0xFF], source: "/x", executable: false, size: 0)]
        }
        #expect(
            problem { _ = try spec.lazyLocalFiles(odd) }
                == "steps[1].addLocalDir: the name \"a\u{FFFD}\" is not UTF-8, which a volume cannot hold; exclude "
                + "the file, rename it, or use strategy \"copy\"")
    }

    @Test("A step after a lazy add that cannot see the file is a warning")
    func warnings() throws {
        let here = files.here
        let spec = try ImageSpec.base("a").runCommands(["before"]).addLocalDir("src", to: "/app", in: here)
            .pipInstall(["requests"]).aptInstall(["curl"]).runCommands(["make"]).pipInstall(["-e", "/app"])
            .addFile([], to: "/app/config").addFile([], to: "/etc/x").addLocalFile(
                "a.txt", to: "/b/a", in: here
            )
            .dockerfileCommands(["RUN ls"])
        let unseen =
            "runs while the image is built and cannot see \"/app\", which is mounted only when the container starts; "
            + "use strategy \"copy\" if it needs it"
        #expect(
            spec.volumeWarnings.map(\.description) == [
                "steps[4].runCommands: " + unseen, "steps[5].pipInstall: " + unseen,
                "steps[6].addFile: the volume at \"/app\" will hide this file of the image; use strategy \"copy\" for "
                    + "both, or another directory",
                "steps[9].dockerfileCommands: " + unseen,
            ])
        #expect(
            spec.volumeWarnings.map(\.kind) == [.notVisible, .notVisible, .hidden, .notVisible])
    }
}
