internal import ChalkExec
internal import ChalkStore
package import ChalkSystem

/// What of a container's log is wanted.
public struct LogOptions: Hashable, Sendable {
    /// The last lines; nil for all.
    public var tail: Int?
    /// Whether to wait for more until the container ends.
    public var follows = false
    /// Whether each line begins with its time.
    public var hasTimes = false

    /// All that was written so far.
    public init() {}
}

/// A piece of what a process wrote.
public enum OutputPiece: Hashable, Sendable {
    /// On standard output.
    case output([UInt8])
    /// On standard error.
    case errors([UInt8])
}

extension ImageStore {
    /// Hands out what a container has written, in order.
    package func performLogs(
        _ name: String, _ options: LogOptions, cancellation: Cancellation,
        take: (OutputPiece) throws -> Void
    ) throws {
        try ChalkError.wrap {
            let directory = try ContainerDirectory(content)
            let entry = try directory.find(name)
            let path = directory.path(of: entry.record.id)
            guard var log = try ContainerLogReader.open(directory: path) else { return }
            if let tail = options.tail { try log.skip(toLast: tail) }
            var isLineStart = true
            while true {
                // Looked at first: what is written before the end is then read after it.
                let hasEnded = try directory.entry(entry.record.id)?.state.status ?? .exited == .exited
                var isAtEnd = false
                while !isAtEnd {
                    let pieces = try log.next()
                    isAtEnd = pieces.isEmpty
                    for piece in pieces {
                        let head = options.hasTimes && isLineStart ? Array("\(piece.time) ".utf8) : []
                        isLineStart = piece.bytes.last == 0x0A
                        let bytes = head + piece.bytes
                        try take(piece.stream == .output ? .output(bytes) : .errors(bytes))
                    }
                }
                if hasEnded || !options.follows { return }
                try Pause.wait(.milliseconds(50), cancellation)
            }
        }
    }
}
