package import ChalkOCI

extension CacheRecord {
    /// The form of record files that this program reads and writes.
    private static let version: Int64 = 1

    /// The record as canonical JSON with a checksum over the rest.
    package func encoded() -> [UInt8] {
        guard case .object(let members) = body else { return [] }
        return JSON.object(members + [JSON.Member("checksum", .string(Self.checksum(members)))]).canonical()
    }

    /// Over all other members, those of other programs' records too.
    private static func checksum(_ members: [JSON.Member]) -> String {
        Digest.of(JSON.object(members.filter { $0.name != "checksum" }).canonical()).hex
    }

    private var body: JSON {
        .object(present: [
            ("version", .integer(Self.version)), ("key", .string(key.description)), ("kind", .string(kind)),
            ("title", .string(title)),
            ("inputs", .array(inputs.map { .strings([$0.name, $0.value]) })),
            ("layer", layer?.json),
            ("diffID", diffID.map { .string($0.description) }), ("created", .integer(created)),
        ])
    }

    /// A record read from its bytes.
    ///
    /// - Parameter key: what its name says; nil where the record alone says it.
    /// - Throws: ``StoreError`` `.corrupt` whose sentence's part says what is wrong.
    package init(parsing bytes: [UInt8], key expected: CacheKey?) throws(StoreError) {
        func wrong(_ why: String) -> StoreError { StoreError(.corrupt, why) }
        let json: JSON
        do {
            json = try JSON.parse(bytes)
        } catch {
            throw wrong(error.description)
        }
        guard json["version"]?.integer == Self.version else { throw wrong("it has another version") }
        guard let key = json["key"]?.string.flatMap({ Digest($0) }).map({ CacheKey($0) }),
            key == expected ?? key
        else { throw wrong("it has another key") }
        guard let kind = json["kind"]?.string, let title = json["title"]?.string,
            let created = json["created"]?.integer, let rows = json["inputs"]?.array
        else { throw wrong("a member is missing") }
        var inputs: [Input] = []
        for row in rows {
            guard let pair = row.strings, pair.count == 2 else { throw wrong("an input is no pair") }
            inputs.append(Input(name: pair[0], value: pair[1]))
        }
        let diffID = json["diffID"]?.string
        var layer: Descriptor?
        do {
            if let value = json["layer"] { layer = try Descriptor(json: value, at: "layer") }
        } catch {
            throw wrong(error.description)
        }
        self.init(
            key: key, kind: kind, title: title, inputs: inputs, layer: layer,
            diffID: diffID.flatMap { Digest($0) }.map { DiffID($0) }, created: created)
        guard case .object(let members) = json, json["checksum"]?.string == Self.checksum(members) else {
            throw wrong("its checksum is wrong")
        }
    }
}
