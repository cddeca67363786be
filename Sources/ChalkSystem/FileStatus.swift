internal import Glibc

/// What `stat(2)` says of an entry; links are never followed unless the caller asked for it.
package struct FileStatus: Hashable, Sendable {
    /// The type of an entry.
    package enum Kind: UInt8, Hashable, Sendable {
        case file, directory, link, fifo, socket, characterDevice, blockDevice, unknown
    }

    /// Seconds and nanoseconds since 1970 (UTC).
    package struct Time: Hashable, Comparable, Sendable {
        /// Whole seconds.
        package var seconds: Int64
        /// 0 to 999,999,999.
        package var nanoseconds: Int64

        /// A time from its two parts.
        package init(seconds: Int64, nanoseconds: Int64 = 0) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        package static func < (a: Time, b: Time) -> Bool {
            (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
        }
    }

    /// The entry's type.
    package var kind: Kind
    /// Permission bits, 0 to 0o7777.
    package var mode: UInt32
    /// Owner.
    package var uid: UInt32
    /// Group.
    package var gid: UInt32
    /// Bytes; for a link the length of its target.
    package var size: Int64
    /// Device that holds the entry.
    package var device: UInt64
    /// Inode number.
    package var inode: UInt64
    /// Number of names.
    package var linkCount: UInt64
    /// Device number of a device node.
    package var specialDevice: UInt64
    /// Last change of the content.
    package var modified: Time
    /// Last change of the inode.
    package var changed: Time
    /// Allocated 512-byte blocks.
    package var blocks: Int64

    init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            case S_IFCHR: .characterDevice
            case S_IFBLK: .blockDevice
            default: .unknown
            }
        mode = UInt32(raw.st_mode & 0o7777)
        uid = raw.st_uid
        gid = raw.st_gid
        size = Int64(raw.st_size)
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        linkCount = UInt64(raw.st_nlink)
        specialDevice = UInt64(raw.st_rdev)
        modified = Time(seconds: Int64(raw.st_mtim.tv_sec), nanoseconds: Int64(raw.st_mtim.tv_nsec))
        changed = Time(seconds: Int64(raw.st_ctim.tv_sec), nanoseconds: Int64(raw.st_ctim.tv_nsec))
        blocks = Int64(raw.st_blocks)
    }
}
