import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@Suite struct SparseFileTests {
    private func withFile(_ body: (String, borrowing FileDescriptor) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/chalk-sparse-" + RandomName.make()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path, FileDescriptor.open(path, [.readWrite, .create, .exclusive], mode: 0o600))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func readsWhatAnyoneReads(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        try withFile { _, file in
            var content = [UInt8](repeating: 0, count: Int.random(in: 0...3_000_000, using: &generator))
            try file.truncate(to: Int64(content.count))
            for _ in 0..<Int.random(in: 0...5, using: &generator) where !content.isEmpty {
                let start = Int.random(in: 0..<content.count, using: &generator)
                let part = content[start...].prefix(Int.random(in: 1...200_000, using: &generator)).indices
                for index in part { content[index] = UInt8.random(in: 0...255, using: &generator) }
                try file.seek(to: Int64(start))
                try file.write(content[part])
            }
            for _ in 0..<20 {
                let start = Int.random(in: 0...content.count + 5_000, using: &generator)
                let count = Int.random(in: 0...1_000_000, using: &generator)
                // Whatever was in the buffer must not pass for a hole.
                var buffer = [UInt8](repeating: 0xEE, count: count + 10)
                let got = try file.readSparse(into: &buffer, offset: 5, count: count, at: Int64(start))
                let expected = Array(content.dropFirst(start).prefix(count))
                #expect(got == expected.count)
                try #require(Array(buffer[5..<5 + got]) == expected, "seed \(seed)")
                #expect(
                    buffer[..<5].allSatisfy { $0 == 0xEE } && buffer[(5 + got)...].allSatisfy { $0 == 0xEE })
            }
            try file.seek(to: 0)
            let stream = SparseStream(try file.duplicate())
            #expect(try stream.readToEnd(limit: 1 << 30) == content)
        }
    }

    /// The kernel makes no pages of a hole that is not read.
    @Test func leavesHolesAlone() throws {
        try withFile { path, file in
            try file.truncate(to: 256 << 20)
            try file.seek(to: 100 << 20)
            try file.write([UInt8](repeating: 7, count: 4_096))
            var buffer = [UInt8](repeating: 1, count: 4 << 20)
            for position in stride(from: Int64(0), to: 256 << 20, by: buffer.count) {
                let got = try file.readSparse(into: &buffer, offset: 0, count: buffer.count, at: position)
                #expect(got == buffer.count)
                #expect(buffer[0] == (position == 100 << 20 ? 7 : 0) && buffer[4_096] == 0)
            }
            let resident = try BuiltCommand.check(["fincore", "-n", "-b", "-o", "RES", path], in: "/").line
            #expect((Int(resident.trimmingCharacters(in: .whitespaces)) ?? .max) < 8 << 20, "\(resident)")
        }
    }
}
