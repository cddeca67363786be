internal import ChalkSystem

extension FileDescriptor {
    /// Opens a regular file below this directory; nil when there is none.
    ///
    /// - Throws: ``StoreError`` `.invalid` for a link, directory, FIFO or device, none of which is followed
    ///   or waited for.
    func openFile(_ name: String) throws -> FileDescriptor? {
        guard let status = try statusIfPresent(of: name) else { return nil }
        guard status.kind == .file else {
            throw StoreError(.invalid, "\(name) is a \(status.kind), not a file; remove it and try again")
        }
        return try openIfPresent(name, [.readOnly, .noFollow, .nonBlocking])
    }

    /// The bytes of a regular file below this directory; nil when there is none.
    func document(_ name: String, limit: Int) throws -> [UInt8]? {
        guard let file = try openFile(name) else { return nil }
        let size = try file.status().size
        if size > limit {
            throw StoreError(.tooLarge, "\(name) has \(size) bytes, more than the \(limit) that it may have")
        }
        return try file.readToEnd(limit: limit)
    }

    /// Opens a directory below this one, making it first where it is missing; links are refused.
    func folder(_ name: String, mode: UInt32 = 0o700) throws(SystemError) -> FileDescriptor {
        if let folder = try existingFolder(name) { return folder }
        do {
            try makeDirectory(name, mode: mode)
        } catch  where error.isAlreadyThere {}
        return try open(name, [.readOnly, .directory, .noFollow])
    }

    /// Opens a directory below this one; nil where it is missing, links are refused.
    func existingFolder(_ name: String) throws(SystemError) -> FileDescriptor? {
        try openIfPresent(name, [.readOnly, .directory, .noFollow])
    }

    private func openIfPresent(_ name: String, _ flags: OpenFlags) throws(SystemError) -> FileDescriptor? {
        do {
            return try open(name, flags)
        } catch  where error.isNotFound {
            return nil
        }
    }
}
