/// What tells one state of a file from another without reading it.
package struct FileStamp: Hashable, Sendable {
    /// Device that holds the file.
    package let device: UInt64
    /// Inode number.
    package let inode: UInt64
    /// Bytes.
    package let size: Int64
    /// Permission bits, 0 to 0o7777.
    package let mode: UInt32
    /// Last change of the content.
    package let modified: FileStatus.Time
    /// Last change of the inode.
    package let changed: FileStatus.Time

    /// A stamp from its parts.
    package init(
        device: UInt64 = 0, inode: UInt64 = 0, size: Int64 = 0, mode: UInt32 = 0,
        modified: FileStatus.Time = .init(seconds: 0), changed: FileStatus.Time = .init(seconds: 0)
    ) {
        self.device = device
        self.inode = inode
        self.size = size
        self.mode = mode
        self.modified = modified
        self.changed = changed
    }

    /// Whether a write after a reading could have left the same stamp (git's racy-timestamp rule).
    ///
    /// - Parameter readAt: the files' clock (``FileStatus/Time/fileClock()``) before the reading began.
    package func isRacy(readAt: FileStatus.Time) -> Bool {
        // Whole seconds tell of a file system that keeps no finer ones, perhaps only even ones.
        let isCoarse = changed.nanoseconds == 0 && modified.nanoseconds == 0
        func couldRepeat(_ time: FileStatus.Time) -> Bool {
            (isCoarse ? FileStatus.Time(seconds: time.seconds &+ 2) : time) >= readAt
        }
        // An mtime far ahead was set by hand; a write would not repeat it, and ctime cannot be set.
        let isSetAhead = modified.seconds > readAt.seconds &+ 2
        return couldRepeat(changed) || (couldRepeat(modified) && !isSetAhead)
    }

    /// Appends the stamp as 56 bytes; no two stamps have the same.
    package func append(to bytes: inout [UInt8]) {
        func put(_ word: UInt64) {
            unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
        }
        put(device)
        put(inode)
        put(UInt64(bitPattern: size))
        put(UInt64(bitPattern: modified.seconds))
        put(UInt64(bitPattern: changed.seconds))
        put(UInt64(mode))
        put(
            UInt64(truncatingIfNeeded: modified.nanoseconds) << 32
                | UInt64(truncatingIfNeeded: changed.nanoseconds))
    }
}

extension FileStamp {
    /// Bytes that ``append(to:)`` appends.
    package static let byteCount = 56

    /// The stamp that ``append(to:)`` appended, from the front of some bytes; nil where there are too few.
    package init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count >= FileStamp.byteCount else { return nil }
        func word(_ index: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[bytes.startIndex + index * 8 + $1]) << UInt64($1 * 8) }
        }
        let nanoseconds = word(6)
        self.init(
            device: word(0), inode: word(1), size: Int64(bitPattern: word(2)),
            mode: UInt32(truncatingIfNeeded: word(5)),
            modified: .init(
                seconds: Int64(bitPattern: word(3)), nanoseconds: Int64(nanoseconds >> 32)),
            changed: .init(
                seconds: Int64(bitPattern: word(4)), nanoseconds: Int64(nanoseconds & 0xFFFF_FFFF)))
    }
}

extension FileStatus {
    /// The part of the status that changes when the file does.
    package var stamp: FileStamp {
        FileStamp(
            device: device, inode: inode, size: size, mode: mode, modified: modified, changed: changed)
    }
}
