import Foundation
import Testing

@testable import bench

/// The same bytes and names everywhere: figures of two machines are about the same tree.
struct TreeTests {
    private let directory = NSTemporaryDirectory() + "bench-tree-\(UUID().uuidString)"

    @Test(arguments: [
        ("small", 0.004, 200, "c12e0620104419d8"), ("large", 0.001, 5, "5b69a1c33354630"),
        ("tiny", 1, 4, "c50551ac6e8ecd63"),
    ]) func generatedTreesAreGolden(name: String, scale: Double, files: Int, golden: String) throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Files.makeDirectory(directory)
        try Settings.tree(name).write(directory, scale)
        #expect(try Files.below(directory).count == files)
        #expect(try digest() == golden)
    }

    @Test func aSmallerTreeHasTheFilesOfALargerOne() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, count) in [("less", 60), ("more", 90)] {
            try Files.makeDirectory("\(directory)/\(name)")
            try SmallFiles(count: count).write(to: "\(directory)/\(name)")
        }
        for file in try Files.below("\(directory)/less") {
            #expect(try Files.bytes("\(directory)/less/\(file)") == Files.bytes("\(directory)/more/\(file)"))
        }
    }

    @Test func editsChangeWhatTheySay() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Files.makeDirectory(directory)
        try Tree.large.write(directory, 0.001)
        let before = try digest()
        let large = "\(directory)/\(Tree.large.growing)"
        let size = try Files.size(large)
        try Tree.large.edit(directory, for: .cold, round: 1)
        #expect(try digest() == before)
        try Tree.large.edit(directory, for: .append, round: 1)
        #expect(try Files.size(large) == size + 1)
        var seen: Set<[UInt8]> = []
        for round in 1...3 {
            try Tree.large.edit(directory, for: .oneFile, round: round)
            seen.insert(try Files.bytes("\(directory)/\(Tree.large.changing)"))
        }
        #expect(seen.count == 3)
        #expect(seen.allSatisfy { $0.count == 4_096 })
    }

    /// FNV-1a over names and bytes.
    private func digest() throws -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for file in try Files.below(directory) {
            for byte in try Array(file.utf8) + [0] + Files.bytes("\(directory)/\(file)") {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        return String(hash, radix: 16)
    }
}
