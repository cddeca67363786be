import FoundationEssentials
import Glibc

/// Whole files and directories of the bench's own.
enum Files {
    static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw BenchError.last("read \(path)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0 { throw BenchError.last("read \(path)") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try OutputFile.create(path)
        try file.write(bytes)
    }

    /// Bytes of a file.
    static func size(_ path: String) throws -> Int {
        var status = stat()
        if unsafe stat(path, &status) != 0 { throw BenchError.last("look at \(path)") }
        return Int(status.st_size)
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    static func makeDirectory(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Makes a directory that is empty, whatever was there.
    static func emptyDirectory(_ path: String) throws {
        try remove(path)
        try makeDirectory(path)
    }

    static func remove(_ path: String) throws {
        if exists(path) { try FileManager.default.removeItem(atPath: path) }
    }

    /// The regular files below a directory, sorted by their bytes, relative to it.
    static func below(_ path: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path)
            .filter { relative in
                var status = stat()
                return unsafe lstat("\(path)/\(relative)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// A file being written, closed when it goes.
struct OutputFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// A new file, or one made empty.
    static func create(_ path: String) throws -> OutputFile {
        try open(path, O_CREAT | O_TRUNC)
    }

    /// An existing file whose bytes stay; writes go to its end.
    static func appending(_ path: String) throws -> OutputFile { try open(path, O_APPEND) }

    private static func open(_ path: String, _ flags: Int32) throws -> OutputFile {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CLOEXEC | flags, 0o644)
        if descriptor < 0 { throw BenchError.last("write \(path)") }
        return OutputFile(descriptor: descriptor, path: path)
    }

    func write(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
            }
            if count < 0 { throw BenchError.last("write \(path)") }
            done += count
        }
    }
}
