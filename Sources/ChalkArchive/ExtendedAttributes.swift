internal import CArchive
internal import ChalkSystem
internal import Glibc

/// Extended attributes of a name below an open directory; links are never followed.
///
/// The calls for descriptors cannot reach links and nodes, and those with a directory came in Linux 6.13, so
/// the name is reached through `/proc/self/fd`.
extension FileDescriptor {
    /// Every attribute that the caller may see, in byte order of the names. `.` is the directory itself.
    func attributes(of name: [UInt8]) throws(SystemError) -> [LayerEntry.Attribute] {
        let path = try procPath(name)
        var names = [CChar](repeating: 0, count: 65_536)
        let length = unsafe llistxattr(path, &names, names.count)
        if length < 0 {
            if errno == EOPNOTSUPP { return [] }
            throw .last("list extended attributes of", name.display)
        }
        var list: [LayerEntry.Attribute] = []
        for part in names[..<length].split(separator: 0) {
            let name = part.map { UInt8(bitPattern: $0) }
            if let value = try attribute(name, at: path) {
                list.append(LayerEntry.Attribute(name: name, value: value))
            }
        }
        return list.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// One attribute; nil when it is not there.
    func attribute(_ attribute: String, of name: [UInt8]) throws(SystemError) -> [UInt8]? {
        try self.attribute(Array(attribute.utf8), at: procPath(name))
    }

    /// Sets an attribute.
    func setAttribute(_ attribute: LayerEntry.Attribute, of name: [UInt8]) throws(SystemError) {
        let path = try procPath(name)
        let key = try terminated(attribute.name)
        let code = unsafe attribute.value.withUnsafeBytes {
            unsafe lsetxattr(path, key, $0.baseAddress, $0.count, 0)
        }
        if code != 0 { throw .last("set \(attribute.name.display) of", name.display) }
    }

    private func attribute(_ name: [UInt8], at path: [CChar]) throws(SystemError) -> [UInt8]? {
        let key = try terminated(name)
        // The kernel's limit for one value (XATTR_SIZE_MAX).
        var value = [UInt8](repeating: 0, count: 256)
        while true {
            let length = unsafe lgetxattr(path, key, &value, value.count)
            if length >= 0 { return Array(value[..<length]) }
            if errno == ENODATA || errno == EOPNOTSUPP { return nil }
            if errno != ERANGE || value.count > 65_536 {
                throw .last("read extended attribute", name.display)
            }
            value = [UInt8](repeating: 0, count: 65_537)
        }
    }

    private func procPath(_ name: [UInt8]) throws(SystemError) -> [CChar] {
        try terminated(Array("/proc/self/fd/\(raw)/".utf8) + name)
    }

    private func terminated(_ bytes: [UInt8]) throws(SystemError) -> [CChar] {
        if bytes.contains(0) {
            throw SystemError(code: EINVAL, operation: "reach extended attributes of", subject: bytes.display)
        }
        return bytes.map { CChar(bitPattern: $0) } + [0]
    }
}
