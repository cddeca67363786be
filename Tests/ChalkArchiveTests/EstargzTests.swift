import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkArchive

/// What the independent reader, `Fixtures/archive/check_estargz.py`, says of a blob that breaks no rule.
private struct Verdict: Decodable {
    let diffID: String
    let size: Int64
    let entries: Int
    let files: Int
    let chunks: Int
    let members: Int
}

private let reader = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/archive/check_estargz.py").path

private func verdict(_ blob: [UInt8], _ note: EstargzNote?, in scratch: String) throws -> Verdict {
    let digest = try #require(note?.annotations["containerd.io/snapshot/stargz/toc.digest"])
    try write(blob, to: scratch + "/blob")
    let output = try succeed("python3 -W error \(reader) blob \(digest)", in: scratch)
    let verdict = try JSONDecoder().decode(Verdict.self, from: Data(output.utf8))
    #expect(note?.annotations["io.containers.estargz.uncompressed-size"] == String(verdict.size))
    return verdict
}

private func content(_ path: String, _ bytes: [UInt8], mtime: Int64 = 315_532_800) throws -> (
    LayerEntry, [UInt8]
) {
    (
        try LayerEntry(
            path: ChalkArchiveTests.bytes(path), kind: .file(size: Int64(bytes.count)), mode: 0o644,
            mtime: mtime), bytes
    )
}

/// Entries of every kind that a table of contents can name.
private func kinds() throws -> [(LayerEntry, [UInt8])] {
    func entry(
        _ path: String, _ kind: LayerEntry.Kind, mode: UInt32 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0,
        mtime: Int64 = 315_532_800, attributes: [LayerEntry.Attribute] = []
    ) throws -> (LayerEntry, [UInt8]) {
        (
            try LayerEntry(
                path: bytes(path), kind: kind, mode: mode, uid: uid, gid: gid, mtime: mtime,
                attributes: attributes), []
        )
    }
    let long = String(repeating: "long-directory/", count: 12)
    return [
        try entry("", .directory, mode: 0o755),
        try entry(
            "attributes", .file(size: 0),
            attributes: [.init(name: bytes("user.any"), value: bytes("a \u{fc} \"quoted\"\n"))]),
        try entry("d", .directory, mode: 0o1777, uid: 1_000, gid: 3_000_000),
        try content("d/f", bytes("some words")),
        try content("d/quote \" \\ \n tab\t", bytes("x")),
        try entry("disk", .blockDevice(major: 259, minor: 70_000), mode: 0o660),
        try entry("early", .file(size: 0), mtime: 0),
        try entry("fifo", .fifo, mode: 0o600),
        try entry("h", .hardLink(target: bytes("d/f"))),
        try entry("l", .link(target: bytes("d/f \u{fc}")), mode: 0o777),
        try content(long + "ascii", bytes("abc")),
        try content(long + String(repeating: "\u{fc}", count: 80), bytes("umlaut")),
        try whiteout("old"),
        try entry("setuid", .file(size: 0), mode: 0o6755),
        try opaque("z"),
        try entry("zero", .characterDevice(major: 1, minor: 5), mode: 0o666),
    ].sorted { LayerPath.precedes($0.0.path, $1.0.path) }
}

@Suite struct EstargzTests {
    @Test(arguments: [0, 1, 4, 9])
    func keepsThePublishedRules(_ level: Int) throws {
        var generator = SeededGenerator(seed: 4)
        let noise = generator.bytes(9 << 20)
        let cases: [(name: String, entries: [(LayerEntry, [UInt8])], chunks: Int)] = [
            ("empty", [], 0),
            ("one empty file", [try content("a", [])], 0),
            ("kinds", try kinds(), 4),
            // The sizes around a chunk: 4 MiB is one, a byte more are two.
            (
                "chunks",
                [
                    try content("a", Array(noise[..<(4 << 20)])),
                    try content("b", Array(noise[..<((4 << 20) + 1)])),
                    try content("c", Array(noise[..<(8 << 20)])),
                    try content("d", Array(noise[..<((8 << 20) + 513)])),
                    try content("e", [UInt8](repeating: 0, count: 9 << 20)),
                ], 1 + 2 + 2 + 3 + 3
            ),
        ]
        for (name, entries, chunks) in cases {
            try withScratch { scratch in
                let (blob, summary) = try layer(entries, .estargz(level: level))
                let verdict = try verdict(blob, summary.estargz, in: scratch)
                #expect(verdict.diffID == summary.diffID.description, "\(name)")
                #expect(verdict.size == summary.uncompressedSize, "\(name)")
                #expect(summary.compressedSize == Int64(blob.count), "\(name)")
                #expect(verdict.entries == entries.count && summary.entryCount == entries.count, "\(name)")
                #expect(verdict.chunks == chunks, "\(name)")
            }
        }
    }

    @Test func aLargeLayerKeepsThem() throws {
        try withScratch { scratch in
            let entries = try sampleEntries()
            let (blob, summary) = try layer(entries, .defaultEstargz)
            let verdict = try verdict(blob, summary.estargz, in: scratch)
            #expect(verdict.diffID == summary.diffID.description)
            let files = entries.filter { $0.0.contentSize > 0 }.count
            #expect(verdict.files == files && verdict.chunks == files + 1)
            for width in [1, 3, 8] {
                #expect(try layer(entries, .defaultEstargz, width: width).bytes == blob)
            }
        }
    }

    @Test(arguments: ["C", "C.UTF-8"])
    func isAGzipTarForThoseThatKnowNothingOfIt(_ locale: String) throws {
        try withScratch { scratch in
            let entries = try kinds() + [content("zz", [UInt8](repeating: 1, count: 5 << 20))]
            let (blob, _) = try layer(entries, .defaultEstargz)
            try write(blob, to: scratch + "/blob.tar.gz")
            #expect(try succeed("gzip -tv blob.tar.gz 2>&1", in: scratch).contains("OK"))
            for command in ["tar -tzvf blob.tar.gz", "bsdtar -tvf blob.tar.gz"] {
                let seen = try shell(command, in: scratch, locale: locale)
                #expect(seen.status == 0 && !seen.output.contains("tar:"), "\(seen.output)")
                // One name holds a line feed that bsdtar writes as \n; and the format's two.
                #expect(seen.output.contains("stargz.index.json") && seen.output.contains(".no.prefetch"))
            }
            let python = try succeed(
                "python3 -W error -c 'import tarfile; print(len(tarfile.open(\"blob.tar.gz\").getmembers()))'",
                in: scratch, locale: locale)
            #expect(python == "\(entries.count + 2)\n")
        }
    }

    @Test func itsOwnEntriesAreNoContentForUs() throws {
        try withScratch { scratch in
            let entries = [try directory("d"), try file("d/f"), try link("l", "d/f")]
            let (blob, _) = try layer(entries, .defaultEstargz)
            let (plain, _) = try layer(entries)
            #expect(try LayerIndex.read(MemorySource(blob)) == LayerIndex.read(MemorySource(plain)))
            let summary = try apply(blob, to: scratch + "/a")
            try apply(plain, to: scratch + "/b")
            #expect(summary.entryCount == 3)
            #expect(try differences(snapshot(scratch + "/a"), snapshot(scratch + "/b")) == [])
            let (flat, other) = (MemorySink(), MemorySink())
            try LayerFlattener.flatten([{ MemorySource(blob) }], into: flat)
            try LayerFlattener.flatten([{ MemorySource(plain) }], into: other)
            #expect(flat.bytes == other.bytes)

            // The same names elsewhere are anybody's.
            let named = [
                try file("d/.no.prefetch.landmark", "x"), try file("d/stargz.index.json", "x"),
                try file("stargz.index.json", "x"),
            ]
            try apply(layer(named).bytes, to: scratch + "/c")
            #expect(try snapshot(scratch + "/c").keys.sorted().count == 4)
        }
    }

    @Test func theFooterByteByByte() {
        let expected: [UInt8] =
            [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 255, 26, 0] + bytes("SG") + [22, 0]
            + bytes("00000000075bcd15STARGZ") + [1, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(Estargz.footer(tableOffset: 123_456_789) == expected)
        #expect(expected.count == 51)
    }

    @Test func refusesWhatATableCannotName() throws {
        func message(_ entry: (LayerEntry, [UInt8])) -> String? {
            #expect(throws: ArchiveError.self) { try layer([entry], .defaultEstargz) }?.description
        }
        #expect(
            message((try LayerEntry(path: bytes("caf") + [0xE9], kind: .directory, mode: 0, mtime: 0), []))
                == "caf\\xe9 cannot be in an eStargz layer: its name is not UTF-8, which the table of contents is; rename it or build without --estargz"
        )
        #expect(
            message((try LayerEntry(path: bytes("l"), kind: .link(target: [0xFF]), mode: 0, mtime: 0), []))
                == "l cannot be in an eStargz layer: its link target is not UTF-8, which the table of contents is; rename it or build without --estargz"
        )
        for name in ["stargz.index.json", ".no.prefetch.landmark", ".prefetch.landmark"] {
            #expect(
                message(try file(name))
                    == "\(name) cannot be in an eStargz layer: the format keeps that name for itself; rename it or build without --estargz"
            )
        }
        #expect(throws: ArchiveError.self) {
            try LayerWriter(options: .init(compression: .estargz(level: 10)), sink: MemorySink())
        }
    }

    @Test func anImageWithItIsUnpackedBySkopeoAndUmoci() throws {
        try withScratch { scratch in
            let entries =
                try kinds().filter { !["old", "z"].contains($0.0.path.display) }
                .filter { !$0.0.path.display.contains(".wh.") } + [
                    content("zz", [UInt8](repeating: 7, count: 5 << 20))
                ]
            let (blob, summary) = try layer(entries, .defaultEstargz)
            try write(blob, to: scratch + "/blob")
            let note = try #require(summary.estargz)
            let pairs = note.annotations.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ")
            // An image layout by hand, so that nobody makes the layer anew.
            let script = """
                import hashlib, json, os, shutil
                os.makedirs('image/blobs/sha256')
                def put(data):
                    digest = hashlib.sha256(data).hexdigest()
                    open('image/blobs/sha256/' + digest, 'wb').write(data)
                    return {'digest': 'sha256:' + digest, 'size': len(data)}
                layer = put(open('blob', 'rb').read())
                layer |= {'mediaType': 'application/vnd.oci.image.layer.v1.tar+gzip', 'annotations': {\(pairs)}}
                config = put(json.dumps({'architecture': 'amd64', 'os': 'linux', 'config': {},
                    'rootfs': {'type': 'layers', 'diff_ids': ['\(summary.diffID)']}}).encode())
                config |= {'mediaType': 'application/vnd.oci.image.config.v1+json'}
                manifest = put(json.dumps({'schemaVersion': 2, 'mediaType':
                    'application/vnd.oci.image.manifest.v1+json', 'config': config, 'layers': [layer]}).encode())
                manifest |= {'mediaType': 'application/vnd.oci.image.manifest.v1+json',
                    'annotations': {'org.opencontainers.image.ref.name': 'x'}}
                json.dump({'schemaVersion': 2, 'manifests': [manifest]}, open('image/index.json', 'w'))
                open('image/oci-layout', 'w').write('{"imageLayoutVersion": "1.0.0"}')
                """
            try write(bytes(script), to: scratch + "/image.py")
            let output = try succeed(
                """
                python3 -W error image.py
                skopeo copy -q --preserve-digests oci:image:x oci:copy:x
                umoci raw unpack --image copy:x out
                """, in: scratch)
            #expect(!output.contains("warn"), "\(output)")
            try apply(blob, to: scratch + "/ours")
            var theirs = try snapshot(scratch + "/out")
            #expect(theirs.removeValue(forKey: "stargz.index.json") != nil)
            #expect(theirs.removeValue(forKey: ".no.prefetch.landmark") != nil)
            let implied = { (tree: [String: String]) in
                tree.filter { !$0.key.hasPrefix("long-directory") || $0.value.hasPrefix("file") }
            }
            #expect(try differences(implied(theirs), implied(snapshot(scratch + "/ours"))) == [])
        }
    }
}
