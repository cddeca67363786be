import ChalkOCI
import ChalkSystem
import Foundation
import Testing

@testable import ChalkArchive

/// Entries of every kind, with names that are long, or not ASCII, or not UTF-8.
private func everything() throws -> [(LayerEntry, [UInt8])] {
    let long = String(repeating: "directory-name/", count: 9)
    let time: Int64 = 315_532_800
    func entry(
        _ path: [UInt8], _ kind: LayerEntry.Kind, mode: UInt32 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0,
        mtime: Int64 = 315_532_800, attributes: [LayerEntry.Attribute] = []
    ) throws -> (LayerEntry, [UInt8]) {
        let content: [UInt8] =
            if case .file(let size) = kind { [UInt8](repeating: 0x61, count: Int(size)) } else { [] }
        return (
            try LayerEntry(
                path: path, kind: kind, mode: mode, uid: uid, gid: gid, mtime: mtime, attributes: attributes),
            content
        )
    }
    return [
        try entry([], .directory, mode: 0o755),
        try entry(
            bytes("attributes"), .file(size: 1),
            attributes: [
                .init(name: bytes("user.any"), value: [0, 0xFF, 0x0A, 0x3D]),
                .init(
                    name: bytes("security.capability"),
                    value: [1, 0, 0, 2, 0, 4, 0, 0] + [UInt8](repeating: 0, count: 12)),
            ]),
        try entry(bytes("directory"), .directory, mode: 0o1777, uid: 1000, gid: 1001),
        try entry(bytes("directory/file"), .file(size: 513), mode: 0o4755, uid: 65_534, gid: 65_534),
        try entry(bytes("fifo"), .fifo, mode: 0o600),
        try entry(
            bytes("hard"), .hardLink(target: bytes("directory/file")), mode: 0o4755, uid: 65_534, gid: 65_534),
        try entry(bytes("link"), .link(target: bytes("directory/file")), mode: 0o777),
        try entry(bytes("link-long"), .link(target: bytes(long + "target")), mode: 0o777),
        try entry(bytes("link-long-bytes"), .link(target: bytes(long) + [0xFF, 0xFE]), mode: 0o777),
        try entry(bytes("link-umlaut"), .link(target: bytes("größe")), mode: 0o777),
        try entry(bytes(long + "ascii"), .file(size: 3)),
        try entry(bytes(long + String(repeating: "n", count: 120)), .file(size: 3)),
        try entry(bytes(long + String(repeating: "ü", count: 60)), .file(size: 3)),
        try entry(bytes(long) + [UInt8](repeating: 0xFF, count: 120), .file(size: 3)),
        try entry(bytes("old"), .file(size: 0), mtime: -86_400),
        try entry(bytes("owner"), .file(size: 0), uid: 4_000_000_000, gid: 3_000_000),
        try entry(bytes("tomorrow"), .file(size: 0), mtime: 0o777_7777_7777 + 1),
        try entry(bytes("umlaut-ü"), .file(size: 2), mtime: time),
        try entry(bytes("zero"), .characterDevice(major: 1, minor: 5), mode: 0o666),
        try entry(bytes("zz-disk"), .blockDevice(major: 259, minor: 70_000), mode: 0o660),
        try entry(bytes("zzz-") + [0xFF, 0xC0], .file(size: 1)),
        try entry(bytes("zzzz\nnew line"), .file(size: 1)),
        try entry(bytes(long + "directory-of-a-long-name-" + String(repeating: "d", count: 90)), .directory),
        try entry(bytes("zzzz-") + [UInt8](repeating: 0xFE, count: 140), .directory),
        try entry(
            bytes(String(repeating: "p", count: 155) + "/" + String(repeating: "n", count: 100)),
            .file(size: 2)),
        try entry(bytes("zzzz-hard-long"), .hardLink(target: bytes(long + "ascii"))),
        try entry(
            bytes("zzzz-hard-bytes"), .hardLink(target: bytes(long) + [UInt8](repeating: 0xFF, count: 120))),
        try entry(
            bytes(long + "both-" + String(repeating: "b", count: 99)), .link(target: bytes(long + "target")),
            mode: 0o777),
        try entry(
            bytes(long + "all-" + String(repeating: "a", count: 99)), .file(size: 7), mode: 0o2755, uid: 5,
            gid: 6,
            attributes: [.init(name: bytes("user.long-name-of-an-attribute"), value: bytes("v\n=\u{fc}"))]),
    ]
}

private func withoutImplied(_ tree: [String: String]) -> [String: String] {
    tree.filter { path, what in
        !what.hasPrefix("directory") || !path.hasPrefix("directory-name") && !path.hasPrefix("ppp")
    }
}

@Suite struct TarWriterTests {
    /// Every byte of a small header, field by field.
    @Test func writesAFileByteByByte() throws {
        let tar = try tar([file("a/b", "hi", mode: 0o755)])
        var expected = [UInt8](repeating: 0, count: 2_048)
        func put(_ text: String, at offset: Int) {
            expected.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put("a/b", at: 0)
        put("0000755", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put("00000000002", at: 124)
        put("02263523000", at: 136)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        put("0000000", at: 329)
        put("0000000", at: 337)
        let sum = expected[..<512].reduce(0) { $0 + Int($1) } + 8 * 32
        put("00" + String(sum, radix: 8), at: 148)
        expected[155] = 0x20
        put("hi", at: 512)
        #expect(tar == expected)
    }

    @Test func writesAPaxHeaderByteByByte() throws {
        let entry = try LayerEntry(
            path: bytes("f"), kind: .file(size: 0), mode: 0o644, uid: 3_000_000, mtime: -1,
            attributes: [.init(name: bytes("user.x"), value: [0xFF])])
        let header = try TarHeader.bytes(for: entry)
        #expect(header.count == 1_536)
        #expect(Array(header[..<16]) == bytes("PaxHeaders/entry"))
        #expect(header[156] == UInt8(ascii: "x"))
        let records = bytes("15 uid=3000000\n12 mtime=-1\n25 SCHILY.xattr.user.x=") + [0xFF, 0x0A]
        #expect(Array(header[512..<512 + records.count]) == records)
        #expect(header[512 + records.count..<1_024].allSatisfy { $0 == 0 })
        #expect(Array(header[1_024 + 108..<1_024 + 116]) == bytes("0000000\u{0}"))
        #expect(Array(header[1_024 + 136..<1_024 + 148]) == bytes("00000000000\u{0}"))
    }

    @Test(arguments: [97, 98, 99, 100, 101, 989, 990, 998, 999])
    func countsThePaxLengthOfEveryWidth(_ length: Int) throws {
        let name = String(repeating: "x", count: length)
        let entry = try LayerEntry(path: bytes(name), kind: .file(size: 0), mode: 0o644, mtime: 0)
        let header = try TarHeader.bytes(for: entry)
        if length <= 100 {
            #expect(header.count == 512)
        } else {
            let record = header[512...].prefix { $0 != 0 }
            let digits = record.prefix { $0 != 0x20 }
            #expect(Int(String(decoding: digits, as: UTF8.self)) == record.count)
            #expect(record.last == 0x0A)
        }
    }

    @Test(arguments: [
        (String(repeating: "p", count: 155) + "/" + String(repeating: "n", count: 100), 512),
        (String(repeating: "p", count: 156) + "/" + String(repeating: "n", count: 99), 1_536),
        (String(repeating: "p", count: 154) + "/" + String(repeating: "n", count: 101), 1_536),
        (String(repeating: "p", count: 50) + "/" + String(repeating: "n", count: 100), 512),
        (String(repeating: "p", count: 101), 1_536),
    ])
    func splitsAtASlashWhereBothPartsFit(_ path: String, _ size: Int) throws {
        let entry = try LayerEntry(path: bytes(path), kind: .file(size: 0), mode: 0o644, mtime: 0)
        let header = try TarHeader.bytes(for: entry)
        #expect(header.count == size)
        if size == 512 {
            let prefix = header[345..<500].prefix { $0 != 0 }
            let name = header[..<100].prefix { $0 != 0 }
            #expect(Array(prefix) + [LayerPath.slash] + Array(name) == bytes(path))
        }
    }

    @Test func refusesContentOfAnotherSize() throws {
        let entry = try file("app/x", "0123456789").0
        for (content, words) in [
            (
                "01234",
                "app/x gave 5 bytes instead of the 10 that its entry says: it changed while it was read; try again"
            ),
            (
                "0123456789a",
                "app/x gave more than the 10 bytes that its entry says: it changed while it was read; try again"
            ),
        ] {
            let error = #expect(throws: ArchiveError.self) {
                try TarWriter(sink: MemorySink()).add(entry, content: MemorySource(bytes(content)))
            }
            #expect(error?.code == .contentSize)
            #expect(error?.description == words)
        }
        let error = #expect(throws: ArchiveError.self) {
            try TarWriter(sink: MemorySink()).add(directory("d").0, content: MemorySource([1]))
        }
        #expect(error?.description == "d is no file and so has no content")
    }

    @Test(arguments: [
        "/absolute", "a/../b", "..", "./a", "a//b", "a/", "a/.", "nul\u{0}",
    ])
    func refusesPathsThatNoLayerHolds(_ path: String) {
        let error = #expect(throws: ArchiveError.self) {
            try LayerEntry(path: bytes(path), kind: .directory, mode: 0o755, mtime: 0)
        }
        #expect(error?.code == .invalidEntry)
    }

    @Test func refusesEntriesThatNoLayerHolds() {
        func message(_ body: () throws -> LayerEntry) -> String? {
            #expect(throws: ArchiveError.self) { try body() }?.description
        }
        #expect(
            message { try LayerEntry(path: bytes("a/.wh.b"), kind: .file(size: 0), mode: 0, mtime: 0) }
                == "a/.wh.b cannot be stored in a layer: names that begin with .wh. are whiteouts there; rename it"
        )
        #expect(
            message { try LayerEntry(path: bytes("a"), kind: .file(size: -1), mode: 0, mtime: 0) }
                == "a cannot be stored in a layer: its size is negative")
        #expect(
            message { try LayerEntry(path: bytes("a"), kind: .directory, mode: 0o10000, mtime: 0) }
                == "a cannot be stored in a layer: its mode has more than permission bits")
        #expect(
            message { try LayerEntry(path: bytes("a"), kind: .link(target: []), mode: 0, mtime: 0) }
                == "a cannot be stored in a layer: its link target is empty or holds a NUL")
        #expect(
            message { try LayerEntry(path: [], kind: .fifo, mode: 0, mtime: 0) }
                == "/ cannot be stored in a layer: the root is a directory")
        #expect(
            message {
                try LayerEntry(
                    path: bytes("a"), kind: .directory, mode: 0, mtime: 0,
                    attributes: [.init(name: bytes("user.a=b"), value: [])])
            } == "a cannot be stored in a layer: the name of an extended attribute is empty or holds = or NUL"
        )
    }

    @Test(arguments: ["C", "C.UTF-8"])
    func isReadByOthersWithoutAWarning(_ locale: String) throws {
        try withScratch { scratch in
            let entries = try everything()
            try write(tar(entries), to: scratch + "/t.tar")
            let gnu = try shell("tar --xattrs -tvf t.tar", in: scratch, locale: locale)
            #expect(gnu.status == 0)
            #expect(!gnu.output.contains("tar:"), "\(gnu.output)")
            #expect(gnu.output.split(separator: "\n").count == entries.count)
            let bsd = try shell("bsdtar -tvf t.tar", in: scratch, locale: locale)
            #expect(bsd.status == 0)
            #expect(!bsd.output.contains("bsdtar:"), "\(bsd.output)")
            let python = try shell(
                """
                python3 -W error - <<'EOF'
                import tarfile
                with tarfile.open('t.tar') as t: print(len(t.getmembers()))
                EOF
                """, in: scratch, locale: locale)
            #expect(python.status == 0)
            #expect(python.output == "\(entries.count)\n")
        }
    }

    @Test(arguments: [
        "tar --xattrs --xattrs-include='*' -xpf t.tar -C out --numeric-owner",
        "bsdtar -xpf t.tar -C out --numeric-owner",
    ])
    func unpacksTheSameWithOthersAsWithUs(_ command: String) throws {
        try withScratch { scratch in
            // Their readers differ on these: owners past 2^31, and times that ext4 cannot hold.
            let entries = try everything().filter {
                !["owner", "tomorrow", "old"].contains($0.0.path.display)
            }
            let bytes = try tar(entries)
            try write(bytes, to: scratch + "/t.tar")
            try makeDirectory(scratch + "/out")
            let output = try succeed(command, in: scratch)
            #expect(output.isEmpty, "\(output)")
            try apply(bytes, to: scratch + "/ours")
            // Directories that no entry speaks of: theirs are as late as the test, ours as the first entry below.
            let theirs = withoutImplied(try snapshot(scratch + "/out"))
            let ours = withoutImplied(try snapshot(scratch + "/ours"))
            let found = differences(theirs, ours)
            #expect(found == [])
        }
    }

    /// Go's archive/tar, by way of umoci.
    @Test func unpacksTheSameWithUmoci() throws {
        try withScratch { scratch in
            let entries = try everything().filter {
                !["owner", "tomorrow", "old"].contains($0.0.path.display)
            }
            let bytes = try tar(entries)
            try write(bytes, to: scratch + "/t.tar")
            let output = try succeed(
                """
                umoci init --layout image && umoci new --image image:x
                umoci raw add-layer --image image:x t.tar && umoci raw unpack --image image:x out
                """, in: scratch)
            #expect(!output.contains("warn"), "\(output)")
            try apply(bytes, to: scratch + "/ours")
            let theirs = withoutImplied(try snapshot(scratch + "/out"))
            let ours = withoutImplied(try snapshot(scratch + "/ours"))
            let found = differences(theirs, ours)
            #expect(found == [])
        }
    }

    @Test func writesSizesPastEightGigabytes() throws {
        let entry = try LayerEntry(path: bytes("big"), kind: .file(size: 1 << 33), mode: 0o644, mtime: 0)
        let header = try TarHeader.bytes(for: entry)
        #expect(header.count == 1_536)
        #expect(String(decoding: header[512..<534], as: UTF8.self) == "19 size=8589934592\n\u{0}\u{0}\u{0}")
        let small = try LayerEntry(
            path: bytes("big"), kind: .file(size: (1 << 33) - 1), mode: 0o644, mtime: 0)
        #expect(try TarHeader.bytes(for: small).count == 512)
    }

    /// A file of 9 GiB, most of which is a hole: all find the entry behind it.
    @Test func othersReadSizesPastEightGigabytes() throws {
        try withScratch { scratch in
            let size: Int64 = 9 << 30
            let big = try LayerEntry(path: bytes("big"), kind: .file(size: size), mode: 0o644, mtime: 0)
            let header = try TarHeader.bytes(for: big)
            let file = try FileDescriptor.open(scratch + "/t.tar", [.writeOnly, .create], mode: 0o644)
            try file.write(header)
            try file.seek(to: Int64(header.count) + size)
            try file.write(tar([ChalkArchiveTests.file("behind", "here")]))
            try file.close()
            for command in ["tar -tvf t.tar", "bsdtar -tvf t.tar"] {
                let output = try succeed(command + " 2>&1", in: scratch)
                #expect(!output.contains("tar:"), "\(output)")
                #expect(output.contains("9663676416") && output.contains("behind"), "\(output)")
            }
            let python = try succeed(
                """
                python3 -W error - <<'EOF'
                import tarfile
                with tarfile.open('t.tar') as tar:
                    print([(info.name, info.size) for info in tar.getmembers()])
                    print(tar.extractfile('behind').read())
                EOF
                """, in: scratch)
            #expect(python == "[('big', 9663676416), ('behind', 4)]\nb'here'\n")
        }
    }

    @Test func namesThePathOfADeviceThatDoesNotFit() throws {
        let entry = try LayerEntry(
            path: bytes("dev/x"), kind: .blockDevice(major: 1, minor: 3_000_000), mode: 0o644, mtime: 0)
        let error = #expect(throws: ArchiveError.self) { try TarHeader.bytes(for: entry) }
        #expect(
            error?.description == "dev/x cannot be stored in a layer: its device number is too large for tar")
    }
}
