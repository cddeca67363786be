internal import ChalkOCI
internal import ChalkRegistry
internal import ChalkStore
internal import ChalkSystem

/// Where a blob's upload to a repository can be gone on with, kept in the store.
final class StoredUpload: UploadMemory {
    /// Seconds after which nobody need ask a registry for it any more: a week.
    private static let lifetime: Int64 = 604_800

    private let record: UploadRecord

    /// The memory of one upload; nil while another process is at the same one, which then has none to go on with.
    init?(_ blob: Digest, to reference: Reference, in store: ContentStore) throws {
        let place = Digest.of(Array("upload \(reference.name) \(blob)".utf8))
        guard let record = try store.uploadRecord(place) else { return nil }
        self.record = record
    }

    func location() -> String? {
        guard let json = record.bytes.flatMap({ try? JSON.parse($0) }), let url = json["location"]?.string,
            let time = json["time"]?.integer, time + StoredUpload.lifetime > WallClock.seconds()
        else {
            forget()
            return nil
        }
        return url
    }

    func keep(_ location: String) {
        record.write(
            JSON.object(present: [
                ("location", .string(location)), ("time", .integer(WallClock.seconds())),
            ]).canonical())
    }

    func forget() { record.write([]) }
}
