import ChalkOCI
import ChalkPlan
import ChalkStore
import Testing

@testable import ChalkImage

/// The form of a cache entry, and what is no entry.
struct CacheEntryTests {
    private static let layer = Descriptor(
        mediaType: .layerGzip, digest: .of([1]), size: 1, annotations: ["note": "kept"])
    private static let contents = Descriptor(mediaType: .layer, digest: .of([2]), size: 1)

    private static func record(_ layer: Descriptor? = layer, diffID: Digest? = .of([3])) -> CacheRecord {
        CacheRecord(
            key: CacheKey(.of([9])), kind: "run", title: "RUN \"é\"\n",
            inputs: [.init(name: "a", value: "b")],
            layer: layer, diffID: diffID.map { DiffID($0) }, created: 5)
    }

    private static func read(
        _ entry: CacheEntry, _ change: (inout Manifest, inout ImageConfig) -> Void = { _, _ in },
        key: CacheKey? = nil
    ) throws -> CacheEntry {
        let config = entry.config
        var manifest = try CacheEntry.manifest(parsing: entry.manifest(config: config))
        var changed = try ImageConfig(parsing: config)
        change(&manifest, &changed)
        return try CacheEntry(manifest, config: changed.encoded(), key: key)
    }

    @Test func anEntryComesBackAsItWasWritten() throws {
        for record in [CacheEntryTests.record(), CacheEntryTests.record(nil, diffID: nil)] {
            for contents in [nil, CacheEntryTests.contents] {
                let back = try CacheEntryTests.read(
                    CacheEntry(record, contents: contents), key: CacheKey(.of([9])))
                #expect(back.record == record && back.contents == contents)
            }
        }
    }

    /// What a liar changes, and the words for it.
    private static let lies:
        [(words: String, change: @Sendable (inout Manifest, inout ImageConfig) -> Void)] = [
            ("its config has no cache record", { $1.runtime.labels = [:] }),
            (
                "its record cannot be used: its checksum is wrong",
                { $1.runtime.labels[CacheEntry.label]?.replace("\"a\"", with: "\"x\"") }
            ),
            ("its record cannot be used: ", { $1.runtime.labels[CacheEntry.label] = "{" }),
            ("it has 2 layers and 1 diffIDs", { manifest, _ in manifest.layers.append(contents) }),
            ("it has 0 layers and 0 diffIDs", { ($0.layers, $1.diffIDs) = ([], []) }),
            ("is not that of its record", { manifest, _ in manifest.layers[0].size += 1 }),
            ("is not that of its record", { manifest, _ in manifest.layers[0].annotations = [:] }),
            ("is not that of its record", { $1.diffIDs[0] = DiffID(.of([4])) }),
        ]

    @Test(arguments: lies.indices) func aLieIsFound(_ index: Int) throws {
        let lie = CacheEntryTests.lies[index]
        let fault = #expect(throws: CacheEntry.Fault.self) {
            try CacheEntryTests.read(CacheEntry(CacheEntryTests.record(), contents: nil), lie.change)
        }
        #expect(fault?.description.contains(lie.words) == true, "\(String(describing: fault))")
    }

    @Test func anotherKeyIsFound() {
        #expect(throws: CacheEntry.Fault.self) {
            try CacheEntryTests.read(
                CacheEntry(CacheEntryTests.record(), contents: nil), key: CacheKey(.of([8])))
        }
    }

    @Test func aLayerThatIsNoneIsFound() {
        for layer in [
            Descriptor(mediaType: .config, digest: .of([1]), size: 1), CacheEntryTests.layer,
        ] {
            let diffID: Digest? = layer == CacheEntryTests.layer ? nil : .of([3])
            #expect(throws: CacheEntry.Fault.self) {
                try CacheEntryTests.read(
                    CacheEntry(CacheEntryTests.record(layer, diffID: diffID), contents: nil))
            }
        }
    }

    @Test(arguments: [
        ("{}", "schemaVersion is not 2"), ("[", "not valid JSON: "),
        (
            #"{"schemaVersion":2,"config":{"mediaType":"text/plain","digest":"\#(Digest.of([]))","size":2},"layers":[]}"#,
            "its config is a text/plain"
        ),
        (
            #"{"schemaVersion":2,"config":{"mediaType":"\#(MediaType.config)","digest":"\#(Digest.of([]))","size":4194305},"layers":[]}"#,
            "its config has 4194305 bytes, more than 4194304"
        ),
    ])
    func aManifestThatIsNoneIsFound(_ text: String, _ words: String) {
        let fault = #expect(throws: CacheEntry.Fault.self) {
            try CacheEntry.manifest(parsing: Array(text.utf8))
        }
        #expect(fault?.description.contains(words) == true, "\(String(describing: fault))")
    }

    @Test func bytesThatAreNoTableGiveNone() throws {
        let table = Array("chalk-image layer table 1\n".utf8)
        #expect(LayerContents.table(in: []) == nil)
        #expect(LayerContents.table(in: [UInt8](repeating: 0x41, count: 5_000)) == nil)
        let layer = try #require(try LayerContents.encoded(table)).bytes
        #expect(LayerContents.table(in: layer) == nil && LayerContents.index(in: layer) == nil)
        let large = [UInt8](repeating: 0, count: Int(LayerContents.limit))
        #expect(try LayerContents.encoded(large) == nil)
    }

    @Test func theNameOfACacheIsItsTag() throws {
        let plain = try RemoteCache(try Reference("r.example/cache"))
        let named = try RemoteCache(try Reference("r.example/cache:main"))
        let key = CacheKey(.of([]))
        #expect(CacheTag.entry(key, in: plain).tag == key.digest.hex)
        #expect(CacheTag.entry(key, in: named).tag == "main-\(key.digest.hex)")
        #expect(plain.description == "r.example/cache" && named.description == "r.example/cache:main")
        let near = CacheTag.near(
            kind: "run", title: "RUN x", place: nil, inputs: [.init("parent", "p")], in: named)
        #expect(near.count == 2 && near.allSatisfy { $0.tag?.hasPrefix("main-near-") == true })
    }
}
