internal import ChalkExec
internal import ChalkOCI
internal import ChalkSystem

/// What a container writes, as the logs of Kubernetes' runtimes have it: a line for each piece, with time, stream, and
/// `F` where a line ends with it or `P` where it goes on.
final class ContainerLog {
    static let name = "output.log"
    private let file: FileDescriptor

    /// A log in a container's directory, to be written.
    init(directory: String) throws {
        file = try FileDescriptor.open(
            "\(directory)/\(ContainerLog.name)", [.writeOnly, .create, .append], mode: 0o600)
    }

    /// Writes down what came.
    func write(_ output: StepOutput) throws {
        let time = try ContainerLog.time()
        var bytes: [UInt8] = []
        var rest = output.bytes[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0A }
            let isWhole = line.endIndex < rest.endIndex
            let stream = output.stream == .output ? "stdout" : "stderr"
            bytes += Array("\(time) \(stream) \(isWhole ? "F" : "P") ".utf8) + line + [0x0A]
            rest = rest[line.endIndex...].dropFirst()
        }
        try file.write(bytes)
    }

    /// `2026-11-22T10:53:00.123456789Z`.
    private static func time() throws -> String {
        let now = try FileStatus.Time.fileClock()
        let digits = String(now.nanoseconds)
        let fraction = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
        return Timestamp(now.seconds).description.dropLast() + ".\(fraction)Z"
    }
}

/// A log that is read, also while it grows.
struct ContainerLogReader: ~Copyable {
    /// One piece.
    struct Piece {
        /// `2026-11-22T10:53:00.123456789Z`.
        let time: String
        let stream: StepOutput.Stream
        /// With the line feed where a line ends.
        let bytes: [UInt8]
    }

    private let file: FileDescriptor
    private var begun: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// The log in a container's directory; nil where nothing was written down.
    static func open(directory: String) throws(SystemError) -> ContainerLogReader? {
        let path = "\(directory)/\(ContainerLog.name)"
        guard try FileSystem.statusIfPresent(path) != nil else { return nil }
        return ContainerLogReader(file: try FileDescriptor.open(path))
    }

    private init(file: consuming FileDescriptor) { self.file = file }

    /// What was written since the last call; some of it, none at the end.
    mutating func next() throws -> [Piece] {
        while true {
            let got = try file.read(into: &buffer)
            if got == 0 { return [] }
            begun += buffer[..<got]
            guard let end = begun.lastIndex(of: 0x0A) else { continue }
            let pieces = begun[..<end].split(separator: 0x0A, omittingEmptySubsequences: false)
                .compactMap { ContainerLogReader.piece($0) }
            begun.removeSubrange(...end)
            if !pieces.isEmpty { return pieces }
        }
    }

    /// Goes to the last `count` lines.
    mutating func skip(toLast count: Int) throws {
        var starts: [Int64] = [0]
        var position: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        // Lines of the log itself; a long line of the container may be several.
        while case let got = try file.read(into: &buffer, at: position), got > 0 {
            for (index, byte) in buffer[..<got].enumerated() where byte == 0x0A {
                starts.append(position + Int64(index) + 1)
            }
            position += Int64(got)
            if starts.count > count + 65_536 { starts.removeFirst(starts.count - count - 1) }
        }
        try file.seek(to: starts[max(0, starts.count - 1 - count)])
    }

    private static func piece(_ line: ArraySlice<UInt8>) -> Piece? {
        let parts = line.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let isError = parts[1].elementsEqual("stderr".utf8)
        let isWhole = parts[2].elementsEqual("F".utf8)
        return Piece(
            time: String(decoding: parts[0], as: UTF8.self), stream: isError ? .errors : .output,
            bytes: Array(parts[3]) + (isWhole ? [0x0A] : []))
    }
}
