internal import ChalkOCI

extension CacheRecord {
    /// The form of record files that this program reads and writes.
    private static let version: Int64 = 1

    /// The record as canonical JSON with a checksum over the rest.
    func encoded() -> [UInt8] {
        guard case .object(let members) = body else { return [] }
        return JSON.object(members + [JSON.Member("checksum", .string(checksum))]).canonical()
    }

    private var checksum: String { Digest.of(body.canonical()).hex }

    private var body: JSON {
        .object(present: [
            ("version", .integer(Self.version)), ("key", .string(key.description)), ("kind", .string(kind)),
            ("title", .string(title)),
            ("inputs", .array(inputs.map { .strings([$0.name, $0.value]) })),
            ("table", table.map { .string($0.description) }), ("layer", layer?.json),
            ("diffID", diffID.map { .string($0.description) }), ("created", .integer(created)),
        ])
    }

    /// A record read from its bytes.
    ///
    /// - Parameter key: what the file's name says.
    /// - Throws: ``StoreError`` `.corrupt` whose sentence's part says what is wrong.
    init(parsing bytes: [UInt8], key expected: CacheKey) throws(StoreError) {
        func wrong(_ why: String) -> StoreError { StoreError(.corrupt, why) }
        let json: JSON
        do {
            json = try JSON.parse(bytes)
        } catch {
            throw wrong(error.description)
        }
        guard json["version"]?.integer == Self.version else { throw wrong("it has another version") }
        guard json["key"]?.string == expected.description else { throw wrong("it has another key") }
        guard let kind = json["kind"]?.string, let title = json["title"]?.string,
            let created = json["created"]?.integer, let rows = json["inputs"]?.array
        else { throw wrong("a member is missing") }
        var inputs: [Input] = []
        for row in rows {
            guard let pair = row.strings, pair.count == 2 else { throw wrong("an input is no pair") }
            inputs.append(Input(name: pair[0], value: pair[1]))
        }
        let table = json["table"]?.string
        let diffID = json["diffID"]?.string
        var layer: Descriptor?
        do {
            if let value = json["layer"] { layer = try Descriptor(json: value, at: "layer") }
        } catch {
            throw wrong(error.description)
        }
        self.init(
            key: expected, kind: kind, title: title, inputs: inputs, table: table.flatMap { Digest($0) },
            layer: layer, diffID: diffID.flatMap { Digest($0) }.map { DiffID($0) }, created: created)
        guard json["checksum"]?.string == checksum else { throw wrong("its checksum is wrong") }
    }
}
