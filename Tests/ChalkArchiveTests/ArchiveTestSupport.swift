import ChalkTestSupport
import ChalkOCI
import ChalkSystem
import Foundation
import Testing

@testable import ChalkArchive

/// Runs `body` in a fresh directory, which is removed afterwards.
func withScratch<T>(_ body: (String) throws -> T) throws -> T {
    let scratch = try TemporaryDirectory.make(in: TestPlace.directory, prefix: "chalk-archive-test")
    chmod(scratch.path, 0o755)
    return try body(scratch.path)
}

/// What a finished command said.
struct CommandResult {
    let status: Int32
    let output: String
}

/// Runs a shell script; its stderr goes with its output.
@discardableResult
func shell(_ script: String, in directory: String = "/tmp", locale: String = "C.UTF-8") throws
    -> CommandResult
{
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec 2>&1\numask 022\n" + script]
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    var environment = ProcessInfo.processInfo.environment
    environment["LC_ALL"] = locale
    environment["TZ"] = "UTC"
    process.environment = environment
    let pipe = Foundation.Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return CommandResult(status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
}

/// The same, where failing is not an option.
@discardableResult
func succeed(
    _ script: String, in directory: String = "/tmp", locale: String = "C.UTF-8",
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> String {
    let result = try shell(script, in: directory, locale: locale)
    try #require(result.status == 0, "\(script)\n\(result.output)", sourceLocation: sourceLocation)
    return result.output
}

func write(_ bytes: [UInt8], to path: String) throws {
    let file = try FileDescriptor.open(path, [.writeOnly, .create, .truncate], mode: 0o644)
    try file.write(bytes)
    try file.close()
}

func read(_ path: String) throws -> [UInt8] {
    try FileSystem.read(path, limit: 1 << 30)
}

func makeDirectory(_ path: String) throws {
    try FileSystem.makeDirectories(path, mode: 0o755)
    chmod(path, 0o755)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension SeededGenerator {
    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }
}

/// What everything below a directory is: path to type, mode, owners, time, content, attributes and the first
/// path of the same inode.
func snapshot(_ root: String, times: Bool = true) throws -> [String: String] {
    var tree: [String: String] = [:]
    var inodes: [UInt64: String] = [:]
    func visit(_ directory: borrowing FileDescriptor, _ prefix: String) throws {
        for entry in try directory.entries() {
            let path = prefix + LayerPath.display(entry.name)
            let status = try directory.status(of: entry.name)
            var line = "\(status.kind) \(String(status.mode, radix: 8)) \(status.uid):\(status.gid)"
            if times { line += " @\(status.modified.seconds)" }
            switch status.kind {
            case .file:
                let file = try directory.open(entry.name, [.readOnly, .noFollow])
                line += " \(status.size) \(Digest.of(try file.readToEnd(limit: 1 << 30)).short)"
            case .link:
                line += " -> " + LayerPath.display(try directory.linkTarget(of: entry.name))
            case .characterDevice, .blockDevice: line += " \(status.specialDevice)"
            default: break
            }
            for attribute in try directory.attributes(of: entry.name) {
                line += " \(attribute.name.display)=\(Hexadecimal.encode(attribute.value))"
            }
            if status.kind != .directory, status.linkCount > 1 {
                line += " same as \(inodes[status.inode] ?? path)"
                inodes[status.inode] = inodes[status.inode] ?? path
            }
            tree[path] = line
            if status.kind == .directory {
                try visit(directory.open(entry.name, [.readOnly, .directory, .noFollow]), path + "/")
            }
        }
    }
    try visit(FileDescriptor.directory(root), "")
    return tree
}

/// The differences of two snapshots, for a message that can be read.
func differences(_ a: [String: String], _ b: [String: String]) -> [String] {
    Set(a.keys).union(b.keys).sorted().compactMap { key in
        a[key] == b[key] ? nil : "\(key): \(a[key] ?? "missing") | \(b[key] ?? "missing")"
    }
}

/// Entries with their content, written as a layer.
func layer(
    _ entries: [(LayerEntry, [UInt8])], _ compression: LayerCompression = .defaultGzip, width: Int = 2
) throws -> (bytes: [UInt8], summary: LayerSummary) {
    let sink = MemorySink()
    let writer = try LayerWriter(options: LayerOptions(compression: compression), sink: sink, width: width)
    for (entry, content) in entries {
        if case .file = entry.kind {
            try writer.add(entry, content: MemorySource(content))
        } else {
            try writer.add(entry)
        }
    }
    let summary = try writer.finish()
    return (sink.bytes, summary)
}

func file(_ path: String, _ content: String = "content of a file\n", mode: UInt32 = 0o644) throws
    -> (LayerEntry, [UInt8])
{
    try file(path, bytes(content), mode: mode)
}

func file(_ path: String, _ content: [UInt8], mode: UInt32 = 0o644) throws -> (LayerEntry, [UInt8]) {
    (
        try LayerEntry(
            path: bytes(path), kind: .file(size: Int64(content.count)), mode: mode, mtime: 315_532_800),
        content
    )
}

func directory(_ path: String, mode: UInt32 = 0o755, uid: UInt32 = 0) throws -> (LayerEntry, [UInt8]) {
    (try LayerEntry(path: bytes(path), kind: .directory, mode: mode, uid: uid, mtime: 315_532_800), [])
}

func link(_ path: String, _ target: String) throws -> (LayerEntry, [UInt8]) {
    (
        try LayerEntry(
            path: bytes(path), kind: .link(target: bytes(target)), mode: 0o777, mtime: 315_532_800),
        []
    )
}

func hardLink(_ path: String, _ target: String) throws -> (LayerEntry, [UInt8]) {
    (
        try LayerEntry(
            path: bytes(path), kind: .hardLink(target: bytes(target)), mode: 0o644, mtime: 315_532_800),
        []
    )
}

func whiteout(_ path: String) throws -> (LayerEntry, [UInt8]) {
    (try LayerEntry.whiteout(of: bytes(path), mtime: 0), [])
}

func opaque(_ path: String) throws -> (LayerEntry, [UInt8]) {
    (try LayerEntry.opaque(of: bytes(path), mtime: 0), [])
}

/// Entries as a plain tar, in any order.
func tar(_ entries: [(LayerEntry, [UInt8])]) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = TarWriter(sink: sink)
    for (entry, content) in entries {
        if case .file = entry.kind {
            try writer.add(entry, content: MemorySource(content))
        } else {
            try writer.add(entry)
        }
    }
    try writer.finish()
    return sink.bytes
}

@discardableResult
func apply(
    _ bytes: [UInt8], to root: String, _ form: LayerForm = .merged, owners: OwnerPolicy = .keep,
    limits: ArchiveLimits = ArchiveLimits(), lower: (any LowerTree)? = nil
) throws -> ApplySummary {
    if try FileSystem.statusIfPresent(root) == nil { try makeDirectory(root) }
    return try LayerApplier.apply(
        MemorySource(bytes), into: FileDescriptor.directory(root), form: form, owners: owners, limits: limits,
        lower: lower)
}

let standardRule = SegmentPlan.Rule.standard
