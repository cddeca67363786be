internal import ChalkOCI

/// An `index.json` (OCI image-spec, image-layout.md#indexjson-file), as JSON, so that what other programs
/// wrote there stays as it is, word for word.
struct LayoutIndex: Equatable {
    /// The annotation that names an entry.
    static let nameKey = "org.opencontainers.image.ref.name"
    /// Most bytes that are read: 16 MiB.
    static let limit = 16 << 20

    /// One image or other document of the layout.
    struct Entry: Equatable {
        /// Nil when the entry has no name.
        var name: String?
        /// Nil for what this program cannot follow: another digest algorithm, or no descriptor at all.
        var descriptor: Descriptor?
        fileprivate var json: JSON
    }

    private(set) var entries: [Entry] = []
    private var others: [JSON.Member] = []

    /// One without entries.
    init() {}

    /// - Throws: a sentence's part that says what is wrong.
    init(parsing bytes: [UInt8]) throws(OCIError) {
        let json = try JSON.parse(bytes)
        guard json["schemaVersion"]?.integer == 2, let list = json["manifests"]?.array else {
            throw OCIError(.invalidDocument, "it has no manifests or its schemaVersion is not 2")
        }
        others = (json.members ?? []).filter {
            !["schemaVersion", "manifests", "mediaType"].contains($0.name)
        }
        entries = list.map { item in
            let name = item["annotations"]?[Self.nameKey]?.string
            var descriptor = try? Descriptor(json: item, at: "manifests")
            descriptor?.annotations[Self.nameKey] = nil
            return Entry(name: name, descriptor: descriptor, json: item)
        }
    }

    /// The descriptor called `name`; the last where several are.
    func descriptor(named name: String) -> Descriptor? {
        entries.last { $0.name == name && $0.descriptor != nil }?.descriptor
    }

    /// Makes `name` stand for `descriptor` and nothing else. Without a name, the entry is added unless it is
    /// there.
    mutating func set(_ name: String?, to descriptor: Descriptor) {
        var named = descriptor
        named.annotations[Self.nameKey] = name
        let entry = Entry(name: name, descriptor: descriptor, json: named.json)
        if let name {
            remove(name)
        } else if entries.contains(where: { $0.name == nil && $0.descriptor?.digest == descriptor.digest }) {
            return
        }
        entries.append(entry)
    }

    /// Removes a name; says whether it was there.
    @discardableResult
    mutating func remove(_ name: String) -> Bool {
        let before = entries.count
        entries.removeAll { $0.name == name }
        return entries.count != before
    }

    /// The canonical bytes, entries by name and digest, those without a name last.
    func encoded() -> [UInt8] {
        let keyed = entries.map { entry in
            (
                (entry.name == nil ? 1 : 0, entry.name ?? "", entry.descriptor?.digest.hex ?? ""),
                entry.json
            )
        }
        // Equal keys keep their order: `sorted` is stable, and so a rewrite changes nothing.
        let sorted = keyed.sorted { $0.0 < $1.0 }.map(\.1)
        return JSON.object(
            others + [
                JSON.Member("schemaVersion", .integer(2)),
                JSON.Member("mediaType", .string(MediaType.index.name)),
                JSON.Member("manifests", .array(sorted)),
            ]
        ).canonical()
    }
}
