package import ChalkOCI
internal import ChalkSystem

/// What is kept although no reference leads there, by a name that its owner chooses (`container 4f2a…`);
/// files of JSON below `chalk/pins`.
package struct Pins: Sendable {
    private let directory: StoreDirectory

    init(_ directory: StoreDirectory) { self.directory = directory }

    /// A kept document or blob.
    package struct Pin: Hashable, Sendable {
        /// Whose it is.
        package let name: String
        /// What is kept, with all that it leads to.
        package let descriptor: Descriptor
    }

    /// Keeps a document or blob, instead of what the name kept before.
    package func put(_ name: String, _ descriptor: Descriptor) throws {
        let json = JSON.object([
            JSON.Member("name", .string(name)), JSON.Member("descriptor", descriptor.json),
        ])
        try StoreError.explain("pin \(descriptor.digest) in the store \(directory.path)") {
            let folder = try directory.folder(.pins)
            try directory.settle()
            try directory.put(json.canonical(), as: Self.file(of: name), in: folder, .synced)
            try folder.sync()
        }
    }

    /// Keeps it no longer; says whether it was kept.
    @discardableResult
    package func remove(_ name: String) throws -> Bool {
        try StoreError.explain("remove pin \(name) from the store \(directory.path)") {
            guard let folder = try directory.existingFolder(.pins),
                try folder.statusIfPresent(of: Self.file(of: name)) != nil
            else { return false }
            try folder.removeFile(Self.file(of: name))
            return true
        }
    }

    /// Every pin, by name.
    ///
    /// - Throws: ``StoreError`` `.corrupt` for one that cannot be read, since nobody knows what it keeps.
    package func list() throws -> [Pin] {
        try StoreError.explain("list the pins of the store \(directory.path)") {
            guard let folder = try directory.existingFolder(.pins) else { return [] }
            var list: [Pin] = []
            for entry in try folder.entries() {
                let file = String(decoding: entry.name, as: UTF8.self)
                guard let bytes = try folder.document(file, limit: 1 << 20),
                    let json = try? JSON.parse(bytes),
                    let name = json["name"]?.string, let value = json["descriptor"],
                    let descriptor = try? Descriptor(json: value, at: "descriptor")
                else {
                    throw StoreError(
                        .corrupt,
                        "\(directory.path)/chalk/pins/\(file) cannot be read; delete it if nothing that it "
                            + "could keep is needed")
                }
                list.append(Pin(name: name, descriptor: descriptor))
            }
            return list.sorted { $0.name < $1.name }
        }
    }

    private static func file(of name: String) -> String { Digest.of(Array(name.utf8)).hex }
}
