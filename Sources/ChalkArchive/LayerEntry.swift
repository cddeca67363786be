/// One entry of a layer: a path and what is there.
package struct LayerEntry: Hashable, Sendable {
    /// What is at the path.
    package enum Kind: Hashable, Sendable {
        case directory
        /// A file of `size` bytes.
        case file(size: Int64)
        /// A symbolic link and the bytes it says.
        case link(target: [UInt8])
        /// One more name for the entry at another path of the layer.
        case hardLink(target: [UInt8])
        case fifo
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
    }

    /// An extended attribute.
    package struct Attribute: Hashable, Sendable {
        /// The whole name: `security.capability`, `user.x`.
        package let name: [UInt8]
        /// The value, any bytes.
        package let value: [UInt8]

        /// An attribute from its parts.
        package init(name: [UInt8], value: [UInt8]) {
            self.name = name
            self.value = value
        }
    }

    /// Where it is: relative, no empty, `.` or `..` components; empty for the root directory itself.
    package let path: [UInt8]
    /// What it is.
    package let kind: Kind
    /// Permission bits, 0 to 0o7777.
    package let mode: UInt32
    /// Owner.
    package let uid: UInt32
    /// Group.
    package let gid: UInt32
    /// Seconds since 1970 (UTC).
    package let mtime: Int64
    /// Extended attributes in byte order of their names, each name once.
    package let attributes: [Attribute]

    /// An entry from its parts, checked.
    ///
    /// - Throws: ``ArchiveError/Code/invalidEntry`` that names the path.
    package init(
        path: [UInt8], kind: Kind, mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0, mtime: Int64,
        attributes: [Attribute] = []
    ) throws(ArchiveError) {
        try LayerPath.validate(path)
        if LayerPath.Components(path).contains(where: { Whiteout.isReserved($0) }) {
            throw ArchiveError(
                .invalidEntry,
                "\(LayerPath.display(path)) cannot be stored in a layer: names that begin with .wh. are whiteouts there; rename it"
            )
        }
        self.init(
            unchecked: path, kind: kind, mode: mode, uid: uid, gid: gid, mtime: mtime,
            attributes: attributes.sorted { $0.name.lexicographicallyPrecedes($1.name) })
        try validate()
    }

    init(
        unchecked path: [UInt8], kind: Kind, mode: UInt32, uid: UInt32, gid: UInt32, mtime: Int64,
        attributes: [Attribute] = []
    ) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.mtime = mtime
        self.attributes = attributes
    }

    /// The entry that deletes what lower layers have at `path`.
    package static func whiteout(of path: [UInt8], mtime: Int64) throws(ArchiveError) -> LayerEntry {
        let plain = try LayerEntry(path: path, kind: .file(size: 0), mode: 0o644, mtime: mtime)
        return plain.renamed(Whiteout.file(path).entryPath)
    }

    /// The entry that hides what lower layers have below `directory`.
    package static func opaque(of directory: [UInt8], mtime: Int64) throws(ArchiveError) -> LayerEntry {
        let plain = try LayerEntry(path: directory, kind: .directory, mode: 0o755, mtime: mtime)
        return LayerEntry(
            unchecked: Whiteout.opaque(plain.path).entryPath, kind: .file(size: 0), mode: 0o644, uid: 0,
            gid: 0,
            mtime: mtime)
    }

    /// Bytes of content that follow the entry.
    package var contentSize: Int64 {
        if case .file(let size) = kind { size } else { 0 }
    }

    func renamed(_ path: [UInt8]) -> LayerEntry {
        with(path: path, kind: kind)
    }

    func with(path: [UInt8], kind: Kind) -> LayerEntry {
        LayerEntry(
            unchecked: path, kind: kind, mode: mode, uid: uid, gid: gid, mtime: mtime, attributes: attributes)
    }

    private func validate() throws(ArchiveError) {
        func fail(_ what: String) -> ArchiveError {
            ArchiveError(.invalidEntry, "\(LayerPath.display(path)) cannot be stored in a layer: \(what)")
        }
        if mode > 0o7777 { throw fail("its mode has more than permission bits") }
        switch kind {
        case .file(let size):
            if path.isEmpty { throw fail("the root is a directory") }
            if size < 0 { throw fail("its size is negative") }
        case .link(let target):
            if path.isEmpty { throw fail("the root is a directory") }
            if target.isEmpty || target.contains(0) { throw fail("its link target is empty or holds a NUL") }
        case .hardLink(let target):
            try LayerPath.validate(target)
            if path.isEmpty || target.isEmpty { throw fail("the root cannot be a hard link") }
        case .fifo, .characterDevice, .blockDevice:
            if path.isEmpty { throw fail("the root is a directory") }
        case .directory: break
        }
        for (index, attribute) in attributes.enumerated() {
            if attribute.name.isEmpty || attribute.name.contains(0)
                || attribute.name.contains(UInt8(ascii: "="))
            {
                throw fail("the name of an extended attribute is empty or holds = or NUL")
            }
            if index > 0, attributes[index - 1].name == attribute.name {
                throw fail("an extended attribute is there twice")
            }
        }
    }
}
