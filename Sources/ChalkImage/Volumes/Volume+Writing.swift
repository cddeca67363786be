public import ChalkOCI
internal import ChalkStore
internal import ChalkSystem

extension Volume {
    /// Puts a file, with the directories above it.
    @discardableResult
    public func putFile(_ path: String, _ content: [UInt8]) throws(ChalkError) -> Volume {
        try write("put") { $0.putFile(path, content) }
    }

    /// Puts a file of some text.
    @discardableResult
    public func putFile(_ path: String, _ text: String) throws(ChalkError) -> Volume {
        try putFile(path, Array(text.utf8))
    }

    /// Puts a copy of a file or directory of the host; what a directory brings joins what is there.
    @discardableResult
    public func putFile(_ path: String, fromPath source: String) throws(ChalkError) -> Volume {
        try write("put") { $0.putFile(path, fromPath: source) }
    }

    /// The same as ``putFile(_:_:)-(String,[UInt8])``.
    @discardableResult
    public func put(_ path: String, _ content: [UInt8]) throws(ChalkError) -> Volume {
        try putFile(path, content)
    }

    /// The same as ``putFile(_:_:)-(String,String)``.
    @discardableResult
    public func put(_ path: String, _ text: String) throws(ChalkError) -> Volume {
        try putFile(path, text)
    }

    /// Removes a file or link.
    ///
    /// - Parameter recursive: also a directory, with all below it.
    /// - Throws: ``ChalkError`` (`notFound`).
    @discardableResult
    public func removeFile(_ path: String, recursive: Bool = false) throws(ChalkError) -> Volume {
        try write("rm") { $0.removeFile(path, recursive: recursive) }
    }

    /// The same as ``removeFile(_:recursive:)``.
    @discardableResult
    public func remove(_ path: String) throws(ChalkError) -> Volume { try removeFile(path) }

    /// Several changes that are seen all at once: `body` says them, and they are made when it returns.
    ///
    /// - Parameter ifMatch: the digest of the version that must still be the newest then; nil for any, so that of two
    ///   batches the last wins.
    /// - Returns: the digest of the newest version.
    /// - Throws: ``ChalkError``: `failed` where the version does not match, and whatever `body` throws; the volume is as
    ///   before then.
    @discardableResult
    public func batchUpload(
        ifMatch: Digest? = nil, _ body: (inout VolumeBatch) throws -> Void
    ) throws(ChalkError) -> Digest {
        try upload("batch", ifMatch: ifMatch, body)
    }

    private func write(
        _ origin: String, _ body: (inout VolumeBatch) throws -> Void
    ) throws(ChalkError) -> Volume {
        _ = try upload(origin, ifMatch: nil, body)
        return self
    }

    package func upload(
        _ origin: String, ifMatch: Digest?, _ body: (inout VolumeBatch) throws -> Void
    ) throws(ChalkError) -> Digest {
        try ChalkError.wrap {
            var batch = VolumeBatch()
            try body(&batch)
            return try volumes.change(key, origin: origin, ifMatch: ifMatch) { intake in
                try batch.changes.map { try $0.edit(intake) }
            }
        }
    }
}
