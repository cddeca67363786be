import ChalkSystem
import ChalkTestSupport
import Foundation

/// A small tree of files that is edited by chance, the same way for the same seed.
struct EditedTree {
    let path: String
    private var generator: SeededGenerator
    private var next = 0

    /// A tree in a new directory.
    init(at path: String, seed: UInt64) throws {
        self.path = path
        generator = SeededGenerator(seed: seed)
        try FileSystem.makeDirectories(path)
        for _ in 0..<12 { try add() }
    }

    /// Makes some edits; says which, for a failing test.
    mutating func edit() throws -> [String] {
        try (0..<Int.random(in: 1...4, using: &generator)).map { _ in
            let entries = try self.entries()
            switch Int.random(in: 0..<12, using: &generator) {
            case 0, 1: return try add()
            case 2: return try delete(entries)
            case 3: return try rename(entries)
            case 4: return try truncate(entries)
            case 5: return try touch(entries)
            case 6: return try changeMode(entries)
            case 7: return try swap(entries)
            case 8: return try rewrite(entries, keepingTime: false)
            case 9: return try rewrite(entries, keepingTime: true)
            case 10: return try retarget(entries)
            default: return try turn(entries)
            }
        }
    }

    // MARK: Edits

    @discardableResult
    private mutating func add() throws -> String {
        let directories = [""] + (try entries().filter { kind($0) == .directory })
        let parent = directories.randomElement(using: &generator) ?? ""
        next += 1
        let name =
            "\(parent)\(parent.isEmpty ? "" : "/")\("abcxyz".randomElement(using: &generator) ?? "a")\(next)"
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: try FileSystem.makeDirectories(full(name))
        case 1:
            try FileManager.default.createSymbolicLink(atPath: full(name), withDestinationPath: "t\(next)")
        default: try write(content(), to: name)
        }
        return "add \(name)"
    }

    private mutating func delete(_ entries: [String]) throws -> String {
        guard let entry = entries.randomElement(using: &generator) else { return "nothing" }
        try FileManager.default.removeItem(atPath: full(entry))
        return "delete \(entry)"
    }

    private mutating func rename(_ entries: [String]) throws -> String {
        guard let entry = entries.randomElement(using: &generator) else { return "nothing" }
        next += 1
        let name = "r\(next)"
        try FileManager.default.moveItem(atPath: full(entry), toPath: full(name))
        return "rename \(entry) \(name)"
    }

    private mutating func truncate(_ entries: [String]) throws -> String {
        guard let file = file(entries) else { return "nothing" }
        let old = try FileSystem.read(full(file), limit: 1 << 20)
        try write(Array(old.prefix(Int.random(in: 0...old.count, using: &generator))), to: file)
        return "truncate \(file)"
    }

    private mutating func touch(_ entries: [String]) throws -> String {
        guard let file = file(entries) else { return "nothing" }
        try setTime(.init(seconds: Int64.random(in: 1...2_000_000_000, using: &generator)), of: file)
        return "touch \(file)"
    }

    private mutating func changeMode(_ entries: [String]) throws -> String {
        guard let file = file(entries) else { return "nothing" }
        let mode: UInt32 = try FileSystem.status(full(file)).mode == 0o755 ? 0o644 : 0o755
        try FileDescriptor.open(full(file)).changeMode(mode)
        return "mode \(file)"
    }

    private mutating func swap(_ entries: [String]) throws -> String {
        guard let one = file(entries), let other = file(entries), one != other else { return "nothing" }
        try FileManager.default.moveItem(atPath: full(one), toPath: full("swap"))
        try FileManager.default.moveItem(atPath: full(other), toPath: full(one))
        try FileManager.default.moveItem(atPath: full("swap"), toPath: full(other))
        return "swap \(one) \(other)"
    }

    /// The same size, and as far as a program can have it the same time.
    private mutating func rewrite(_ entries: [String], keepingTime: Bool) throws -> String {
        guard let file = file(entries) else { return "nothing" }
        let status = try FileSystem.status(full(file))
        let target = try FileDescriptor.open(full(file), [.writeOnly])
        try target.write(generator.bytes(Int(status.size)))
        if keepingTime { try target.changeTime(status.modified) }
        return "rewrite \(file)\(keepingTime ? " and keep its time" : "")"
    }

    private mutating func retarget(_ entries: [String]) throws -> String {
        guard let link = entries.filter({ kind($0) == .link }).randomElement(using: &generator) else {
            return "nothing"
        }
        try FileManager.default.removeItem(atPath: full(link))
        next += 1
        try FileManager.default.createSymbolicLink(atPath: full(link), withDestinationPath: "n\(next)")
        return "retarget \(link)"
    }

    /// A file becomes a directory or the other way round.
    private mutating func turn(_ entries: [String]) throws -> String {
        guard let entry = entries.randomElement(using: &generator) else { return "nothing" }
        let kind = kind(entry)
        try FileManager.default.removeItem(atPath: full(entry))
        if kind == .directory {
            try write(content(), to: entry)
        } else {
            try FileSystem.makeDirectories(full(entry))
            try write(content(), to: entry + "/inside")
        }
        return "turn \(entry)"
    }

    // MARK: Parts

    private func full(_ name: String) -> String { "\(path)/\(name)" }

    private func kind(_ name: String) -> FileStatus.Kind? {
        try? FileDescriptor.directory(path).status(of: name).kind
    }

    /// Sorted, so that chance falls on the same entries on every machine.
    private func entries() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    }

    private mutating func file(_ entries: [String]) -> String? {
        entries.filter { kind($0) == .file }.randomElement(using: &generator)
    }

    /// Mostly small, now and then of several pieces; sometimes all zeros, so that pieces are equal.
    private mutating func content() -> [UInt8] {
        let size = Int.random(in: 0..<10, using: &generator) == 0 ? 20_000 : 2_500
        let count = Int.random(in: 0...size, using: &generator)
        return Bool.random(using: &generator) ? [UInt8](repeating: 0, count: count) : generator.bytes(count)
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try FileDescriptor.open(full(name), [.writeOnly, .create, .truncate]).write(bytes)
    }

    private func setTime(_ time: FileStatus.Time, of name: String) throws {
        try FileDescriptor.open(full(name)).changeTime(time)
    }
}

extension SeededGenerator {
    fileprivate mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let word = next()
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return Array(bytes.prefix(count))
    }
}
