import ChalkOCI
import ChalkSystem
import Foundation
import Testing

@testable import ChalkArchive

@Suite struct OverlayDiffTests {
    private static let epoch: Int64 = 315_532_800

    private static let lower = """
        mkdir -p etc usr/lib d/sub opt/old tmp proc home && chmod 1777 tmp && chown 5:6 home
        echo lower > etc/conf && echo x > usr/lib/a && ln usr/lib/a usr/lib/b && ln -s usr/lib lib
        echo f > d/f && echo g > d/sub/g && echo o > opt/old/o && echo keep > kept && echo type > type
        mkdir swap && echo s > swap/s
        """

    private static let changes = """
        echo new > etc/new && rm etc/conf && rm -r opt/old && mkdir opt/old && echo n > opt/old/n
        rm -r d && mkdir d && echo again > d/again
        echo more >> usr/lib/a && ln usr/lib/a usr/lib/c && echo y > lib/through-link
        touch tmp/x && rm tmp/x
        chmod 700 home && rm type && mkdir type && echo inside > type/inside
        rm -r swap && echo file > swap
        mkfifo pipe && mknod zero c 1 5 && ln -s nowhere dangling && echo caps > caps
        python3 -c "import os, socket; os.setxattr('caps', 'user.note', b'v'); s = socket.socket(socket.AF_UNIX); s.bind('sock')"
        mkdir -p deep/er/est && printf 'bytes' > "$(printf 'deep/b-\\377')"
        ln kept kept-2 && touch -d '2050-01-01' etc/new
        : > etc/resolv.conf && mkdir -p dev/pts
        """

    private func upper(_ scratch: String, _ body: (OverlayDiff) throws -> Void) throws {
        for name in ["lower", "upper", "work", "mnt", "result"] { try makeDirectory(scratch + "/" + name) }
        try succeed(Self.lower, in: scratch + "/lower")
        try write(bytes(Self.changes), to: scratch + "/changes")
        try succeed(
            """
            unshare -m sh -c 'set -e
            mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work,redirect_dir=off,metacopy=off mnt
            (cd mnt && sh -e ../changes)
            cp -a mnt/. result/'
            """, in: scratch)
        let lower = OverlayStack(.trusted)
        lower.append(try FileDescriptor.directory(scratch + "/lower"))
        try body(
            OverlayDiff(
                upper: FileDescriptor.directory(scratch + "/upper"), overlay: .trusted, epoch: Self.epoch,
                ignored: ["etc/resolv.conf", "dev", "dev/pts", "proc"].map { bytes($0) },
                lowerStatus: { try lower.status($0) }))
    }

    @Test func tellsWhatAStepChanged() throws {
        try withScratch { scratch in
            try upper(scratch) { diff in
                var list: [LayerEntry] = []
                let skipped = try diff.visit { entry, _ in list.append(entry) }
                #expect(skipped == [bytes("sock")])
                #expect(
                    list.map { LayerPath.display($0.path) } == [
                        "caps", "d", "d/.wh..wh..opq", "d/again", "dangling", "deep", "deep/b-\\xff",
                        "deep/er",
                        "deep/er/est", "etc", "etc/.wh.conf", "etc/new", "home", "kept", "kept-2", "opt",
                        "opt/old",
                        "opt/old/.wh..wh..opq", "opt/old/n", "pipe", "swap", "type", "type/.wh..wh..opq",
                        "type/inside", "usr",
                        "usr/lib", "usr/lib/a", "usr/lib/c", "usr/lib/through-link", "zero",
                    ])
                let sorted = list.sorted { LayerPath.precedes($0.path, $1.path) }
                #expect(sorted == list)
                #expect(list.allSatisfy { $0.mtime <= Self.epoch })
                #expect(!list.flatMap(\.attributes).contains { Overlay.owns($0.name) })
                let kinds = Dictionary(
                    uniqueKeysWithValues: list.map { (LayerPath.display($0.path), $0.kind) })
                #expect(kinds["kept-2"] == .hardLink(target: bytes("kept")))
                #expect(kinds["usr/lib/c"] == .hardLink(target: bytes("usr/lib/a")))
                #expect(kinds["zero"] == .characterDevice(major: 1, minor: 5))
            }
        }
    }

    /// The layer of a diff, applied to what was below, is what the step saw.
    @Test func appliesToWhatTheStepSaw() throws {
        try withScratch { scratch in
            try upper(scratch) { diff in
                let sink = MemorySink()
                let writer = try LayerWriter(sink: sink)
                try diff.visit { entry, content in try writer.add(entry, content: content) }
                let summary = try writer.finish()
                try succeed("cp -a lower merged", in: scratch)
                let applied = try apply(sink.bytes, to: scratch + "/merged")
                #expect(applied.diffID == summary.diffID)
                // Ignored mount points and the socket are in what the step saw alone; a hard link to an
                // untouched lower name (usr/lib/b) is parted from its copy above, as overlayfs parts it.
                try succeed("rm -r result/sock result/etc/resolv.conf result/dev", in: scratch)
                let merged = try snapshot(scratch + "/merged", times: false)
                let result = try snapshot(scratch + "/result", times: false)
                let found = differences(merged, result)
                #expect(found == [])
                try apply(sink.bytes, to: scratch + "/again", .overlay(userXattr: false))
                var second: [LayerEntry] = []
                var first: [LayerEntry] = []
                try diff.visit { entry, _ in first.append(entry) }
                try OverlayDiff(
                    upper: FileDescriptor.directory(scratch + "/again"), overlay: .trusted, epoch: Self.epoch
                ).visit { entry, _ in second.append(entry) }
                #expect(first.map(\.path) == second.map(\.path))
                #expect(first.map(\.kind) == second.map(\.kind))
            }
        }
    }

    @Test func isTheSameTwiceAndInOtherDirectoryOrders() throws {
        try withScratch { scratch in
            try upper(scratch) { diff in
                func blob(_ diff: OverlayDiff) throws -> [UInt8] {
                    let sink = MemorySink()
                    let writer = try LayerWriter(sink: sink)
                    try diff.visit { entry, content in try writer.add(entry, content: content) }
                    _ = try writer.finish()
                    return sink.bytes
                }
                let first = try blob(diff)
                #expect(try blob(diff) == first)
            }
        }
    }

    @Test(arguments: ["redirect", "metacopy"])
    func refusesWhatNeedsItsMount(_ mark: String) throws {
        try withScratch { scratch in
            try makeDirectory(scratch + "/upper/d")
            let upper = try FileDescriptor.directory(scratch + "/upper")
            try upper.setAttribute(
                .init(name: bytes("trusted.overlay.\(mark)"), value: bytes("/other")), of: bytes("d"))
            let error = #expect(throws: ArchiveError.self) {
                try OverlayDiff(
                    upper: FileDescriptor.directory(scratch + "/upper"), overlay: .trusted, epoch: 0
                ).visit { _, _ in }
            }
            let option = mark == "redirect" ? "redirect_dir" : mark
            #expect(
                error?.description
                    == "the changes at d cannot be read without their overlay: mount it with \(option)=off")
        }
    }

    @Test func refusesNamesThatAreWhiteoutsInALayer() throws {
        try withScratch { scratch in
            try makeDirectory(scratch + "/upper")
            try write([], to: scratch + "/upper/.wh.x")
            let error = #expect(throws: ArchiveError.self) {
                try OverlayDiff(
                    upper: FileDescriptor.directory(scratch + "/upper"), overlay: .trusted, epoch: 0
                ).visit { _, _ in }
            }
            #expect(
                error?.description
                    == ".wh.x cannot be stored in a layer: names that begin with .wh. are whiteouts there; rename it"
            )
        }
    }

    @Test func readsOnlyTheMarksOfItsKindOfMount() throws {
        try withScratch { scratch in
            try makeDirectory(scratch + "/upper/d")
            let upper = try FileDescriptor.directory(scratch + "/upper")
            try upper.setAttribute(Overlay.user.opaque, of: bytes("d"))
            for (overlay, expected) in [(Overlay.trusted, ["d"]), (.user, ["d", "d/.wh..wh..opq"])] {
                var list: [LayerEntry] = []
                try OverlayDiff(
                    upper: FileDescriptor.directory(scratch + "/upper"), overlay: overlay, epoch: 0
                ).visit { entry, _ in list.append(entry) }
                #expect(list.map { LayerPath.display($0.path) } == expected)
                let attributes = list.flatMap(\.attributes)
                #expect(attributes.isEmpty)
            }
        }
    }
}
