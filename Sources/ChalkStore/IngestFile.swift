internal import ChalkSystem

/// A file under a temporary name, which it leaves by a rename or loses with its owner.
///
/// The file is locked while its owner lives, so others see whether it is still being written, whatever
/// happened to the process.
final class IngestFile {
    /// Open for reading and writing.
    let file: FileDescriptor
    private let folder: FileDescriptor
    private let name: String
    private var isThere = true

    private init(file: consuming FileDescriptor, folder: consuming FileDescriptor, name: String) {
        self.file = file
        self.folder = folder
        self.name = name
    }

    deinit {
        if isThere { try? folder.removeFile(name) }
    }

    /// Makes an empty one, mode 0644 less the umask.
    static func make(in folder: consuming FileDescriptor, prefix: String = "") throws(SystemError)
        -> IngestFile
    {
        while true {
            let name = prefix + RandomName.make()
            let file = try folder.open(name, [.readWrite, .create, .exclusive], mode: 0o644)
            // Between these lines a sweep may take the file for a dead one: then it holds the lock, or has
            // removed the name already.
            if try file.tryLock(.exclusive), try file.status().linkCount > 0 {
                return IngestFile(file: file, folder: folder, name: name)
            }
        }
    }

    /// Gives the file its place, replacing what is there; readers see the old or the new one.
    func move(to newName: String, in directory: borrowing FileDescriptor) throws(SystemError) {
        try folder.rename(name, to: newName, in: directory)
        isThere = false
    }

    /// Removes the files of dead owners whose names start with `prefix`; says how many.
    static func sweep(_ folder: borrowing FileDescriptor, prefix: String = "") throws(SystemError) -> Int {
        var count = 0
        for entry in try folder.entries() where entry.name.starts(with: prefix.utf8) {
            guard entry.kind == .file || entry.kind == .unknown else { continue }
            do {
                let file = try folder.open(entry.name, [.readOnly, .noFollow, .nonBlocking])
                if try file.tryLock(.exclusive) {
                    try folder.removeFile(entry.name)
                    count += 1
                }
            } catch  where error.isNotFound {}
        }
        return count
    }
}
