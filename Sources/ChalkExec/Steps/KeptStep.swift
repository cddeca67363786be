internal import ChalkOCI

/// A failed step whose changes are still there, with all that it takes to enter it.
package struct KeptStep: Sendable {
    /// Names it among the kept ones.
    package let name: String
    /// What was said of it: ``StepRequest/keptAs``.
    package let words: String
    /// The step as it was, but without the bytes of secrets and keys, and without
    /// ``StepRequest/extraEnvironment``: their mounts are missing.
    package let request: StepRequest
    /// The ids of secrets that it had as files, with where they were.
    package let secrets: [Secret]

    /// A secret that a kept step had.
    package struct Secret: Hashable, Sendable {
        /// Its id.
        package let id: String
        /// Where it was.
        package let destination: String
        /// Mode and owner.
        package let access: StepMount.Access
    }

    init(name: String, document: [UInt8]) throws {
        let json = try JSON.parse(document)
        self.name = name
        words = try json.field("words").asString()
        let document = try json.field("request")
        var request = try StepRequest(json: document)
        request.layer = nil
        self.request = request
        secrets = try document.field("mounts").asArray().compactMap { try Secret(json: $0) }
    }

    static func document(_ request: StepRequest, _ words: String) -> [UInt8] {
        JSON.object([.init("words", .string(words)), .init("request", request.json(isKept: true))])
            .canonical()
    }
}

extension KeptStep.Secret {
    fileprivate init?(json: JSON) throws {
        guard json["kind"]?.string == "secret" else { return nil }
        id = try json.field("id").asString()
        destination = try json.field("destination").asString()
        access = try StepMount.Access(json: json)
    }
}
