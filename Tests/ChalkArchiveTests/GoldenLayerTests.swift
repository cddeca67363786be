import ChalkOCI
import ChalkSystem
import Foundation
import Testing

@testable import ChalkArchive

/// Digests of layers, kept in `Fixtures/archive/golden.txt`: what moves one of them is a new layer format
/// version. `CHALK_REGENERATE_FIXTURES=1 swift test --filter GoldenLayerTests` writes the file anew.
@Suite struct GoldenLayerTests {
    private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/archive/golden.txt").path

    private func cases() throws -> [(String, [(LayerEntry, [UInt8])])] {
        let long = String(repeating: "long-directory/", count: 12)
        return [
            ("empty", []),
            ("one-file", [try file("hello.txt", "hello\n")]),
            (
                "kinds",
                [
                    try directory(""), try directory("d", mode: 0o1777, uid: 1_000),
                    try file("d/f", mode: 0o4755),
                    try hardLink("h", "d/f"), try link("l", "d/f"), try file(long + "ascii"),
                    try file(long + "ü"),
                    try whiteout("old"), try opaque("z"),
                ].sorted { LayerPath.precedes($0.0.path, $1.0.path) }
            ),
            ("many", try sampleEntries()),
            // Blocks of every worth.
            (
                "blocks",
                try ContentSample.allCases.map { try file($0.rawValue, $0.bytes(200_000)) }
                    .sorted { LayerPath.precedes($0.0.path, $1.0.path) }
            ),
        ]
    }

    @Test func digestsStayWhatTheyAre() throws {
        var lines: [String] = []
        for (name, entries) in try cases() {
            for (label, compression) in [
                ("none", LayerCompression.none), ("gzip-1", .gzip(level: 1)), ("gzip-5", .gzip(level: 5)),
                ("gzip-6", .gzip(level: 6)),
                ("gzip-9", .gzip(level: 9)), ("estargz-5", .estargz(level: 5)), ("zstd-3", .zstd(level: 3)),
            ] {
                let (blob, summary) = try layer(entries, compression)
                let encoder = LayerFormat.encoderVersion(of: compression)
                lines.append(
                    "\(name)\t\(label)\t\(summary.diffID)\t\(Digest.of(blob))\t\(summary.segmentCount)\t\(encoder)"
                )
            }
        }
        if ProcessInfo.processInfo.environment["CHALK_REGENERATE_FIXTURES"] == "1" {
            try ChalkArchiveTests.write(bytes(lines.joined(separator: "\n") + "\n"), to: Self.path)
        }
        let golden = String(decoding: try read(Self.path), as: UTF8.self).split(separator: "\n").map(
            String.init)
        try #require(golden.count == lines.count)
        for (line, expected) in zip(lines, golden) {
            let (now, then) = (line.split(separator: "\t"), expected.split(separator: "\t"))
            // Another build of the compressor may give other bytes, which is why its version is in cache keys;
            // the tar inside and its cuts may not change.
            // The diffID of an eStargz layer takes in the compressed offsets in its table.
            let fields = now.last == then.last ? now.count : now[1] == "estargz-5" ? 2 : 3
            #expect(now.prefix(fields) == then.prefix(fields))
            #expect(now[4] == then[4])
        }
    }
}
