import ChalkTestSupport
import ChalkContext
import ChalkSystem
import Foundation
import Testing

/// Bytes of text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Text of bytes, for messages.
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// A number from the environment.
func setting(_ variable: String) -> Int? {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
}

/// Where random tests start: the same on every run, unless `CHALK_SEED` says otherwise.
let testSeed = UInt64(truncatingIfNeeded: setting("CHALK_SEED") ?? 1)

/// The project's own fixtures, found from this file.
func fixture(_ name: String) throws -> [UInt8] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return Array(try Data(contentsOf: root.appending(path: "Fixtures").appending(path: name)))
}

/// A temporary directory with an open descriptor.
struct Tree: ~Copyable {
    let directory: TemporaryDirectory
    let root: FileDescriptor

    init() throws {
        let made = try TemporaryDirectory.make(in: TestPlace.directory, prefix: "chalk-context")
        let opened = try FileDescriptor.directory(made.path)
        directory = made
        root = opened
    }

    var path: String { directory.path }

    /// Makes a file and the directories above it.
    func file(_ path: String, _ content: String = "") throws {
        try file(bytes(path), bytes(content))
    }

    func file(_ path: [UInt8], _ content: [UInt8]) throws {
        if let slash = path.lastIndex(of: UInt8(ascii: "/")) { try folder(Array(path[..<slash])) }
        let file = try root.open(path, [.writeOnly, .create, .truncate], mode: 0o644)
        try file.write(content)
    }

    func folder(_ path: String) throws { try folder(bytes(path)) }

    func folder(_ path: [UInt8]) throws {
        var made: [UInt8] = []
        for part in path.split(separator: UInt8(ascii: "/")) {
            made += (made.isEmpty ? [] : [UInt8(ascii: "/")]) + part
            if try root.statusIfPresent(of: made) == nil { try root.makeDirectory(made) }
        }
    }

    /// Walks and returns what is kept, as text.
    func kept(_ options: ContextWalker.Options = .init()) throws -> [String] {
        try ContextWalker(options: options).collect(root).entries.map { text($0.path) }
    }

    /// Walks and returns the verdict on every entry.
    func verdicts(_ options: ContextWalker.Options = .init()) throws -> [[UInt8]: Bool] {
        var options = options
        options.reportsIgnored = true
        var map: [[UInt8]: Bool] = [:]
        try ContextWalker(options: options).walk(root) { entry, verdict in
            #expect(map[entry.path] == nil, "\(text(entry.path)) reported twice")
            map[entry.path] = verdict.isIgnored
        }
        return map
    }
}

extension SeededGenerator {
    mutating func pick<T>(_ list: [T]) -> T { list[Int(next() % UInt64(list.count))] }

    mutating func chance(_ percent: Int) -> Bool { next() % 100 < UInt64(percent) }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }
}
