internal import ChalkOCI

/// The parts of a large file, so that a change in its middle costs one of them. All but the last have
/// ``FilePieces/size`` bytes: databases write pages in place, and do not move what follows.
struct FilePieces: Equatable {
    /// Bytes of a piece: 4 MiB. What has no more is one blob.
    static let size = 4 << 20

    /// In order.
    var pieces: [Descriptor]

    /// The canonical bytes of the list.
    func encoded() -> [UInt8] {
        JSON.object([JSON.Member("pieces", .array(pieces.map(\.json)))]).canonical()
    }

    init(_ pieces: [Descriptor]) { self.pieces = pieces }

    /// - Throws: ``OCIError`` that says what is wrong.
    init(parsing bytes: [UInt8]) throws(OCIError) {
        guard let list = try JSON.parse(bytes)["pieces"]?.array else {
            throw OCIError(.invalidDocument, "it is no list of pieces")
        }
        pieces = []
        for item in list { pieces.append(try Descriptor(json: item, at: "pieces")) }
    }
}
