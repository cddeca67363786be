import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

/// Runs `body` with an empty directory that is removed afterwards.
func withSandbox<T>(_ body: (String) throws -> T) throws -> T {
    let path = FileManager.default.temporaryDirectory.path + "/chalk-store-" + RandomName.make()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

/// The same for tests that wait for other processes.
func withSandbox<T>(_ body: (String) async throws -> T) async throws -> T {
    let path = FileManager.default.temporaryDirectory.path + "/chalk-store-" + RandomName.make()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// Runs `body` with a new store.
func withStore<T>(
    clock: @escaping @Sendable () -> Int64 = { 1_000 }, _ body: (ContentStore) throws -> T
) throws -> T {
    try withSandbox { path in
        try body(try ContentStore.open(at: path + "/store", create: true, clock: clock))
    }
}

/// The sentence of the ``StoreError`` that `body` throws; empty when it throws none.
func sentence(_ body: () throws -> Void) throws -> String {
    do {
        try body()
        return ""
    } catch let error as StoreError {
        return error.description
    }
}

/// The code of the ``StoreError`` that `body` throws.
func code(_ body: () throws -> Void) throws -> StoreError.Code? {
    do {
        try body()
        return nil
    } catch let error as StoreError {
        return error.code
    }
}

func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
}

/// All paths below a directory, sorted.
func tree(_ path: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
}

/// Runs a program to its end: exit status and all that it printed.
func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let pipe = Foundation.Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
