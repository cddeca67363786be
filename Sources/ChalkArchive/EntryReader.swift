internal import ChalkSystem

/// Reads one entry of a tree on disk as a layer holds it.
enum EntryReader {
    /// The entry `name` of `directory`, which will stand at `path`; nil for a socket, which no layer holds.
    static func entry(
        _ name: [UInt8], in directory: Directory, status: FileStatus, path: [UInt8], mtime: Int64
    ) throws -> LayerEntry? {
        let kind: LayerEntry.Kind
        let device = DeviceNumber.unpack(status.specialDevice)
        switch status.kind {
        case .directory: kind = .directory
        case .file: kind = .file(size: status.size)
        case .link: kind = .link(target: try directory.descriptor.linkTarget(of: name))
        case .fifo: kind = .fifo
        case .characterDevice: kind = .characterDevice(major: device.major, minor: device.minor)
        case .blockDevice: kind = .blockDevice(major: device.major, minor: device.minor)
        case .socket, .unknown: return nil
        }
        let attributes = try directory.descriptor.attributes(of: name).filter { LayerEntry.travels($0.name) }
        return try LayerEntry(
            path: path, kind: kind, mode: status.mode, uid: status.uid, gid: status.gid, mtime: mtime,
            attributes: attributes)
    }

    /// The content of a file.
    static func content(_ name: [UInt8], in directory: Directory) throws(SystemError) -> SparseStream {
        SparseStream(try directory.descriptor.open(name, [.readOnly, .noFollow, .nonBlocking]))
    }
}

extension LayerEntry {
    /// Whether an attribute belongs to the file rather than to the machine it is on: what a user set,
    /// capabilities and access lists, but no labels of the host's security modules and no marks of overlayfs.
    package static func travels(_ name: [UInt8]) -> Bool {
        if Overlay.owns(name) { return false }
        if name.starts(with: "user.".utf8) || name.starts(with: "trusted.".utf8) { return true }
        return name == Array("security.capability".utf8) || name.starts(with: "system.posix_acl_".utf8)
    }
}
