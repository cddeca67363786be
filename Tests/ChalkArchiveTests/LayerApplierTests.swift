import ChalkOCI
import ChalkSystem
import Foundation
import Testing

@testable import ChalkArchive

@Suite struct LayerApplierTests {
    @Test func saysWhatItApplied() throws {
        try withScratch { scratch in
            for compression in [LayerCompression.defaultGzip, .defaultZstd, .none] {
                let (blob, summary) = try layer([whiteout("gone"), directory("d"), file("d/f")], compression)
                let applied = try apply(blob, to: scratch + "/\(compression.mediaType.name.suffix(4))")
                #expect(applied.diffID == summary.diffID)
                #expect(applied.uncompressedSize == summary.uncompressedSize)
                #expect(applied.entryCount == 3)
                #expect(applied.warnings == [])
            }
        }
    }

    @Test func countsWhatFollowsTheEndMarkerToTheDiffID() throws {
        try withScratch { scratch in
            let stream = try tar([file("f")]) + [UInt8](repeating: 0, count: 10_240) + bytes("tail")
            let applied = try apply(stream, to: scratch + "/root")
            #expect(applied.diffID == DiffID(Digest.of(stream)))
            #expect(applied.uncompressedSize == Int64(stream.count))
        }
    }

    @Test func setsModesOwnersTimesAndAttributes() throws {
        try withScratch { scratch in
            let capability: [UInt8] = [1, 0, 0, 2, 0, 4, 0, 0] + [UInt8](repeating: 0, count: 12)
            let attributes = [
                LayerEntry.Attribute(name: bytes("security.capability"), value: capability),
                LayerEntry.Attribute(name: bytes("user.note"), value: bytes("value")),
            ]
            func entry(_ path: String, _ kind: LayerEntry.Kind, _ mode: UInt32, _ mtime: Int64) throws -> (
                LayerEntry, [UInt8]
            ) {
                (
                    try LayerEntry(
                        path: bytes(path), kind: kind, mode: mode, uid: 1_234, gid: 4_321, mtime: mtime,
                        attributes: kind == .file(size: 0) ? attributes : []), []
                )
            }
            try apply(
                tar([
                    entry("", .directory, 0o711, 11), entry("closed", .directory, 0o000, 12),
                    entry("closed/f", .file(size: 0), 0o6777, 13), entry("l", .link(target: bytes("x")), 0o777, 14),
                    entry("p", .fifo, 0o622, 15), entry("c", .characterDevice(major: 1, minor: 3), 0o666, 16),
                ]), to: scratch + "/root")
            let shared = "1234:4321"
            #expect(
                try snapshot(scratch + "/root") == [
                    "closed": "directory 0 \(shared) @12",
                    "closed/f":
                        "file 6777 \(shared) @13 0 e3b0c44298fc security.capability=\(Hexadecimal.encode(capability)) user.note=76616c7565",
                    "l": "link 777 \(shared) @14 -> x",
                    "p": "fifo 622 \(shared) @15",
                    "c": "characterDevice 666 \(shared) @16 259",
                ])
            let root = try FileSystem.status(scratch + "/root")
            #expect((root.mode, root.uid, root.gid, root.modified.seconds) == (0o711, 1_234, 4_321, 11))
        }
    }

    @Test func keepsTheTimesOfDirectoriesThatItWritesInto() throws {
        try withScratch { scratch in
            let root = scratch + "/root"
            try apply(tar([directory("d"), file("d/a"), directory("d/e")]), to: root)
            try apply(tar([file("d/b"), file("new/implied/c")]), to: root)
            let tree = try snapshot(root)
            #expect(tree["d"] == "directory 755 0:0 @315532800")
            #expect(tree["d/e"] == "directory 755 0:0 @315532800")
            #expect(tree["new"] == "directory 755 0:0 @315532800")
            #expect(tree["new/implied"] == "directory 755 0:0 @315532800")
        }
    }

    @Test func makesHolesOfZeros() throws {
        try withScratch { scratch in
            var content = [UInt8](repeating: 0, count: 3 << 20)
            content[1 << 20] = 1
            let entry = try LayerEntry(path: bytes("f"), kind: .file(size: Int64(content.count)), mode: 0o644, mtime: 0)
            try apply(tar([(entry, content)]), to: scratch + "/root")
            #expect(try read(scratch + "/root/f") == content)
            let status = try FileSystem.status(scratch + "/root/f")
            #expect(status.size == 3 << 20)
            #expect(status.blocks * 512 < 1 << 20)
        }
    }

    /// (first layer, second layer, paths that are there in the end)
    private static let stacks: [(String, [String], [String], [String])] = [
        ("a whiteout removes a file", ["f"], ["-f"], []),
        ("a whiteout removes a tree", ["d/a/b", "x"], ["-d"], ["x"]),
        ("a whiteout of nothing is no error", ["x"], ["-y", "-no/such"], ["x"]),
        ("a whiteout spares its own layer, before", ["d/low"], ["-d", "d/high"], ["d", "d/high"]),
        ("a whiteout spares its own layer, after", ["d/low"], ["d/high", "-d"], ["d", "d/high"]),
        ("opaque hides lower content", ["d/low", "d/sub/low"], ["!d", "d/high"], ["d", "d/high"]),
        ("opaque at the end hides it too", ["d/low", "d/sub/low"], ["d/high", "d/sub/high", "!d"], ["d", "d/high", "d/sub", "d/sub/high"]),
        ("opaque of an empty directory", ["d/low"], ["!d"], ["d"]),
        ("opaque of the root", ["d/low", "x"], ["!", "new"], ["new"]),
        ("a file over a directory", ["d/low"], ["d"], ["d"]),
        ("a directory over a file", ["d"], ["d/", "d/high"], ["d", "d/high"]),
        ("a link over a directory", ["d/low"], ["d@x"], ["d"]),
        ("a directory over a link", ["real/low", "d@real"], ["d/", "d/high"], ["d", "d/high", "real", "real/low"]),
        ("an entry below a link goes where it leads", ["usr/lib/a", "lib@usr/lib"], ["lib/b"], ["lib", "usr", "usr/lib", "usr/lib/a", "usr/lib/b"]),
        ("an entry below an absolute link stays inside", ["usr/lib/a", "lib@/usr/lib"], ["lib/b"], ["lib", "usr", "usr/lib", "usr/lib/a", "usr/lib/b"]),
        ("a whiteout below a link goes where it leads", ["usr/lib/a", "usr/lib/b", "lib@usr/lib"], ["-lib/a"], ["lib", "usr", "usr/lib", "usr/lib/b"]),
        ("opaque below a link", ["usr/lib/d/a", "lib@usr/lib"], ["!lib/d", "lib/d/b"], ["lib", "usr", "usr/lib", "usr/lib/d", "usr/lib/d/b"]),
        ("an entry below a dangling link makes its target", ["l@some/where"], ["l/f"], ["l", "some", "some/where", "some/where/f"]),
        ("a hard link to a lower file", ["f"], ["h=f"], ["f", "h"]),
        ("a hard link through a link", ["usr/f", "l@usr"], ["h=l/f"], ["h", "l", "usr", "usr/f"]),
        ("a whiteout, then the same name", ["f"], ["-f", "f"], ["f"]),
        ("a whiteout, then a directory of that name", ["d/low"], ["-d", "d/", "d/high"], ["d", "d/high"]),
        ("a file, then a directory in one layer", ["d/low"], ["d", "d/", "d/high"], ["d", "d/high"]),
        ("a whiteout of one that a whiteout took", ["d/low"], ["-d", "-d/low"], []),
    ]

    /// `path` file, `path/` directory, `a@b` link, `a=b` hard link, `-path` whiteout, `!path` opaque.
    private func stream(_ words: [String]) throws -> [UInt8] {
        try tar(
            words.map { word in
                if word.hasPrefix("-") { return try whiteout(String(word.dropFirst())) }
                if word.hasPrefix("!") { return try opaque(String(word.dropFirst())) }
                if word.hasSuffix("/") { return try directory(String(word.dropLast())) }
                for mark: Character in ["@", "="] {
                    if let place = word.firstIndex(of: mark) {
                        let (name, target) = (String(word[..<place]), String(word[word.index(after: place)...]))
                        return try mark == "@" ? link(name, target) : hardLink(name, target)
                    }
                }
                return try file(word)
            })
    }

    @Test(arguments: stacks)
    func followsTheRulesOfLayers(_ name: String, _ first: [String], _ second: [String], _ left: [String]) throws {
        try withScratch { scratch in
            let root = scratch + "/root"
            try apply(stream(first), to: root)
            try apply(stream(second), to: root)
            #expect(try snapshot(root).keys.sorted() == left.sorted(), "\(name)")
        }
    }

    /// The same stacks, each layer in a directory of its own, mounted by the kernel.
    @Test func overlayFormMountsToTheMergedForm() throws {
        try withScratch { scratch in
            var script = "set -e\nmount -t tmpfs none mnt\n"
            for (number, stack) in Self.stacks.enumerated() {
                let base = scratch + "/\(number)"
                for name in ["merged", "1", "2"] { try makeDirectory("\(base)/\(name)") }
                try makeDirectory("\(base)/out")
                try apply(stream(stack.1), to: base + "/merged")
                try apply(stream(stack.2), to: base + "/merged")
                try apply(stream(stack.1), to: base + "/1", .overlay(userXattr: false))
                let lower = OverlayStack(.trusted)
                lower.append(try FileDescriptor.directory(base + "/1"))
                try apply(stream(stack.2), to: base + "/2", .overlay(userXattr: false), lower: lower)
                script += "mkdir mnt/\(number) && mount -t overlay overlay -o lowerdir=\(number)/2:\(number)/1 mnt/\(number)\n"
                script += "cp -a mnt/\(number)/. \(number)/out/\n"
            }
            try makeDirectory(scratch + "/mnt")
            try write(bytes(script), to: scratch + "/script")
            try succeed("unshare -m sh script", in: scratch)
            for (number, stack) in Self.stacks.enumerated() {
                let found = try differences(
                    snapshot(scratch + "/\(number)/merged"), snapshot(scratch + "/\(number)/out"))
                #expect(found == [], "\(stack.0)")
            }
        }
    }

    /// The same stacks once more: what the indexes and the flattened stream say.
    @Test(arguments: stacks)
    func indexesAndFlatteningAgree(_ name: String, _ first: [String], _ second: [String], _ left: [String]) throws {
        try withScratch { scratch in
            let streams = try [stream(first), stream(second)]
            let index = try StackIndex(streams.map { try LayerIndex.read(MemorySource($0)) })
            var paths: [String] = []
            func list(_ directory: [UInt8]) {
                for name in index.names(in: directory) {
                    let path = LayerPath.path(name, in: directory)
                    paths.append(path.display)
                    list(path)
                }
            }
            list([])
            // An index has one place for each path, so what a layer replaces by its own entries is not in it.
            if name != "a file, then a directory in one layer" {
                #expect(paths.sorted() == left.sorted(), "\(name)")
            }
            let sink = MemorySink()
            try LayerFlattener.flatten(streams.map { stream in { MemorySource(stream) } }, into: sink)
            try apply(streams[0], to: scratch + "/merged")
            try apply(streams[1], to: scratch + "/merged")
            try apply(sink.bytes, to: scratch + "/flat")
            let found = try differences(snapshot(scratch + "/merged"), snapshot(scratch + "/flat"))
            #expect(found == [], "\(name)")
        }
    }

    @Test func impliedParentsLookLikeTheLowerOnes() throws {
        try withScratch { scratch in
            let lower = try StackIndex([
                LayerIndex.read(MemorySource(tar([directory("srv", mode: 0o2770, uid: 33), link("www", "srv")])))
            ])
            try apply(tar([file("www/index")]), to: scratch + "/root", .overlay(userXattr: false), lower: lower)
            #expect(
                try snapshot(scratch + "/root", times: false)
                    == [
                        "srv": "directory 2770 33:0", "srv/index": "file 644 0:0 18 a10ff6ac3594",
                    ])
        }
    }

    @Test func copiesUpTheTargetOfAHardLink() throws {
        try withScratch { scratch in
            try apply(tar([file("f", mode: 0o755)]), to: scratch + "/1", .overlay(userXattr: true))
            let lower = OverlayStack(.user)
            lower.append(try FileDescriptor.directory(scratch + "/1"))
            try apply(
                tar([hardLink("a", "f"), hardLink("b", "f")]), to: scratch + "/2", .overlay(userXattr: true),
                lower: lower)
            let tree = try snapshot(scratch + "/2")
            #expect(tree.keys.sorted() == ["a", "b", "f"])
            #expect(Set(tree.values) == ["file 755 0:0 @315532800 18 a10ff6ac3594 same as a"])
            let index = try StackIndex([LayerIndex.read(MemorySource(tar([file("f")])))])
            let error = #expect(throws: ArchiveError.self) {
                try apply(tar([hardLink("a", "f")]), to: scratch + "/3", .overlay(userXattr: true), lower: index)
            }
            #expect(
                error?.description
                    == "the layer's hard link a cannot be unpacked on its own: its target f is in a lower layer that is not at hand"
            )
        }
    }

    @Test func marksOverlaysForUsers() throws {
        try withScratch { scratch in
            try apply(tar([opaque("d"), whiteout("gone")]), to: scratch + "/root", .overlay(userXattr: true))
            let tree = try snapshot(scratch + "/root", times: false)
            #expect(tree["d"] == "directory 755 0:0 user.overlay.opaque=79")
            #expect(tree["gone"] == "characterDevice 0 0:0 0")
        }
    }

    @Test func leavesOutWhatBelongsToAnotherMachine() throws {
        try withScratch { scratch in
            let entry = try LayerEntry(
                path: bytes("f"), kind: .file(size: 0), mode: 0o644, mtime: 0,
                attributes: [
                    .init(name: bytes("security.selinux"), value: bytes("label")),
                    .init(name: bytes("trusted.overlay.redirect"), value: bytes("/x")),
                    .init(name: bytes("user.kept"), value: bytes("1")),
                ])
            let summary = try apply(tar([(entry, [])]), to: scratch + "/root")
            #expect(
                summary.warnings == [
                    "the attribute security.selinux of f was left out: it belongs to the machine it came from",
                    "the attribute trusted.overlay.redirect of f was left out: it belongs to the machine it came from",
                ])
            let line = try #require(try snapshot(scratch + "/root")["f"])
            #expect(line.hasSuffix("e3b0c44298fc user.kept=31"))
        }
    }

    @Test func stopsWhenCancelled() throws {
        try withScratch { scratch in
            let cancellation = Cancellation()
            cancellation.cancel()
            let stream = try tar([file("f")])
            #expect(throws: Cancellation.Cancelled.self) {
                try LayerApplier.apply(
                    MemorySource(stream), into: FileDescriptor.directory(scratch), form: .merged,
                    cancellation: cancellation)
            }
            let left = try snapshot(scratch)
            #expect(left.isEmpty)
        }
    }

    /// In a process of its own that has given up its privileges.
    @Test func worksWithoutPrivilege() async throws {
        await #expect(processExitsWith: .success) {
            try withScratch { scratch in
                let root = scratch + "/root"
                try makeDirectory(root)
                chown(root, 65_534, 65_534)
                guard setgid(65_534) == 0, setuid(65_534) == 0 else { exit(3) }
                let null = try LayerEntry(
                    path: bytes("null"), kind: .characterDevice(major: 1, minor: 3), mode: 0o666, mtime: 0)
                let first = try apply(
                    tar([
                        directory("closed", mode: 0o555), file("closed/f", mode: 0o400), (null, []),
                        directory("none", mode: 0o000, uid: 77), file("none/f"),
                    ]), to: root, owners: .skip)
                guard
                    first.warnings == ["the device node null was left out: only the privileged may make one"]
                else { exit(4) }
                try apply(tar([file("closed/g")]), to: root, owners: .skip)
                let directory = try FileDescriptor.directory(root)
                guard try directory.status(of: "closed").mode == 0o555, try directory.status(of: "closed").uid == 65_534,
                    try directory.status(of: "none").mode == 0, try directory.status(of: "closed/g").kind == .file
                else { exit(5) }
                let refused = try? apply(tar([file("x")]), to: root, owners: .keep)
                if refused != nil { exit(6) }
            }
        }
    }
}
