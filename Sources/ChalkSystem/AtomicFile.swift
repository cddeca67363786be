internal import Glibc

/// Files that appear whole or not at all.
package enum AtomicFile {
    /// Replaces `name` below `directory` by `bytes`: temporary name, fsync, rename, fsync of the directory.
    package static func write(
        _ bytes: [UInt8], to name: some HostPath, in directory: borrowing FileDescriptor, mode: UInt32 = 0o644
    ) throws(SystemError) {
        let temporary = Array(".\(name.display).\(getpid())-\(RandomName.make())".utf8)
        do {
            let file = try directory.open(temporary, [.writeOnly, .create, .exclusive], mode: mode)
            try file.write(bytes)
            try file.sync()
            try file.close()
            try directory.rename(temporary, to: name, in: directory)
        } catch {
            try? directory.removeFile(temporary)
            throw error
        }
        try directory.sync()
    }
}
