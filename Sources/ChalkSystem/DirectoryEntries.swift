internal import Glibc

/// One name in a directory.
package struct DirectoryEntry: Hashable, Sendable {
    /// The name's bytes, any but `/` and NUL.
    package let name: [UInt8]
    /// The type where the file system tells it with the name, else `.unknown`.
    package let kind: FileStatus.Kind

    /// An entry from its parts.
    package init(name: [UInt8], kind: FileStatus.Kind) {
        self.name = name
        self.kind = kind
    }
}

extension FileDescriptor {
    /// The names in this directory but `.` and `..`, in byte order.
    package func entries() throws(SystemError) -> [DirectoryEntry] {
        var list: [DirectoryEntry] = []
        try forEachEntry { list.append($0) }
        list.sort { $0.name.lexicographicallyPrecedes($1.name) }
        return list
    }

    /// The names in this directory but `.` and `..`, as the kernel gives them.
    package func forEachEntry(_ body: (DirectoryEntry) -> Void) throws(SystemError) {
        let copy = unsafe openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if copy < 0 { throw .last("list a directory") }
        guard let stream = unsafe fdopendir(copy) else {
            _ = Glibc.close(copy)
            throw .last("list a directory")
        }
        defer { _ = unsafe closedir(stream) }
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw .last("list a directory") }
                return
            }
            let length = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe strlen($0) }
            }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix(length)) }
            if name == [0x2E] || name == [0x2E, 0x2E] { continue }
            body(DirectoryEntry(name: name, kind: .init(directoryType: unsafe entry.pointee.d_type)))
        }
    }
}

extension FileStatus.Kind {
    /// The kind that a directory tells of a name (`d_type` of `readdir(3)`).
    init(directoryType: UInt8) {
        self =
            switch Int(directoryType) {
            case Int(DT_REG): .file
            case Int(DT_DIR): .directory
            case Int(DT_LNK): .link
            case Int(DT_FIFO): .fifo
            case Int(DT_SOCK): .socket
            case Int(DT_CHR): .characterDevice
            case Int(DT_BLK): .blockDevice
            default: .unknown
            }
    }
}
