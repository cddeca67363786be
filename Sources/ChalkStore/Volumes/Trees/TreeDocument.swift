internal import ChalkOCI

/// One directory of a tree, as a document: its own permissions and owner, and what is in it.
///
/// `{"entries":[{"name":"a","type":"file","digest":…,"size":…,"mode":420},…],"mode":493}`. Owners stand there where they
/// are not 0, names that are not UTF-8 as base64 in `name64`. No times: they would make two of one content.
struct TreeDocument: Equatable {
    /// Most bytes of a document: 64 MiB.
    static let limit = 64 << 20

    struct Entry: Equatable {
        /// Any bytes but `/` and NUL.
        var name: [UInt8]
        var node: StoredNode
    }

    /// Permission bits, 0 to 0o7777.
    var mode: UInt32
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    /// By the bytes of their names, each once.
    private(set) var entries: [Entry]

    init(mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0, entries: [Entry] = []) {
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.entries = entries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    var files: Int64 { entries.reduce(0) { $0 &+ $1.node.files } }
    var bytes: Int64 { entries.reduce(0) { $0 &+ $1.node.bytes } }

    /// What has a name; nil for nothing.
    subscript(_ name: [UInt8]) -> StoredNode? {
        get { index(of: name).flatMap { entries[$0].name == name ? entries[$0].node : nil } }
        set {
            let index = place(of: name)
            let isThere = index < entries.count && entries[index].name == name
            switch (isThere, newValue) {
            case (true, let node?): entries[index].node = node
            case (true, nil): entries.remove(at: index)
            case (false, let node?): entries.insert(Entry(name: name, node: node), at: index)
            case (false, nil): break
            }
        }
    }

    private func index(of name: [UInt8]) -> Int? {
        let place = place(of: name)
        return place < entries.count ? place : nil
    }

    /// Where a name is, or would be.
    private func place(of name: [UInt8]) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name.lexicographicallyPrecedes(name) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

extension TreeDocument {
    /// The canonical bytes.
    func encoded() -> [UInt8] {
        JSON.object(present: [
            ("mode", .integer(Int64(mode))), ("uid", Self.owner(uid)), ("gid", Self.owner(gid)),
            ("entries", .array(entries.map(Self.json))),
        ]).canonical()
    }

    /// - Throws: ``OCIError`` that says what is wrong.
    init(parsing bytes: [UInt8]) throws(OCIError) {
        let json = try JSON.parse(bytes)
        guard let list = json["entries"]?.array, let mode = Self.mode(json) else {
            throw OCIError(.invalidDocument, "it is no directory of a volume")
        }
        var entries: [Entry] = []
        for item in list {
            let entry = try Self.entry(item)
            if let last = entries.last, !last.name.lexicographicallyPrecedes(entry.name) {
                throw OCIError(.invalidDocument, "its names are not in order")
            }
            entries.append(entry)
        }
        self.init(mode: mode, uid: Self.owner(json["uid"]), gid: Self.owner(json["gid"]), entries: entries)
    }

    private static func json(_ entry: Entry) -> JSON {
        let text = String(validating: entry.name, as: UTF8.self)
        var members: [(String, JSON?)] = [
            ("name", text.map { .string($0) }),
            ("name64", text == nil ? .string(Base64.encode(entry.name)) : nil),
        ]
        switch entry.node {
        case .file(let file):
            members += [
                ("type", .string("file")), ("mode", .integer(Int64(file.mode))), ("uid", owner(file.uid)),
                ("gid", owner(file.gid)), ("digest", .string(file.digest.description)),
                ("size", .integer(file.size)), ("pieces", file.pieces?.json),
            ]
        case .directory(let tree):
            members += [
                ("type", .string("directory")), ("digest", .string(tree.digest.description)),
                ("size", .integer(tree.size)), ("files", .integer(tree.files)),
                ("bytes", .integer(tree.bytes)),
            ]
        case .link(let target):
            let text = String(validating: target, as: UTF8.self)
            members += [
                ("type", .string("link")), ("target", text.map { .string($0) }),
                ("target64", text == nil ? .string(Base64.encode(target)) : nil),
            ]
        }
        return .object(present: members)
    }

    private static func entry(_ json: JSON) throws(OCIError) -> Entry {
        guard let name = text("name", of: json), !name.isEmpty, !name.contains(UInt8(ascii: "/")),
            !name.contains(0), name != [0x2E], name != [0x2E, 0x2E]
        else { throw OCIError(.invalidDocument, "it has a name that no file can have") }
        let size = json["size"]?.integer ?? -1
        let digest = json["digest"]?.string.flatMap { Digest($0) }
        switch json["type"]?.string {
        case "file":
            guard let digest, size >= 0, let mode = mode(json) else { break }
            var pieces: Descriptor?
            if let value = json["pieces"] { pieces = try Descriptor(json: value, at: "pieces") }
            let file = StoredFile(
                mode: mode, uid: owner(json["uid"]), gid: owner(json["gid"]), digest: digest, size: size,
                pieces: pieces)
            return Entry(name: name, node: .file(file))
        case "directory":
            guard let digest, size >= 0, let files = json["files"]?.integer, files >= 0,
                let bytes = json["bytes"]?.integer, bytes >= 0
            else { break }
            let tree = StoredTree(digest: digest, size: size, files: files, bytes: bytes)
            return Entry(name: name, node: .directory(tree))
        case "link":
            guard let target = text("target", of: json), !target.contains(0) else { break }
            return Entry(name: name, node: .link(target))
        default: break
        }
        throw OCIError(.invalidDocument, "it has an entry that is no file, directory or link")
    }

    private static func text(_ name: String, of json: JSON) -> [UInt8]? {
        json[name]?.string.map { Array($0.utf8) } ?? json[name + "64"]?.string.flatMap(Base64.decode)
    }

    private static func mode(_ json: JSON) -> UInt32? {
        json["mode"]?.integer.flatMap { (0...0o7777).contains($0) ? UInt32($0) : nil }
    }

    private static func owner(_ id: UInt32) -> JSON? { id == 0 ? nil : .integer(Int64(id)) }

    private static func owner(_ json: JSON?) -> UInt32 { json?.integer.flatMap { UInt32(exactly: $0) } ?? 0 }
}
