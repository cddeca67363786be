import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Synchronization
import Testing

@Suite("Checking a store")
struct VerifyTests {
    private final class Events: Sendable {
        let list = Mutex<[VerifyEvent]>([])
        var all: [VerifyEvent] { list.withLock { $0 } }
    }

    /// The sentences of all problems, the store's path left out.
    private func problems(_ store: ContentStore) throws -> [String] {
        try store.verify().map { $0.description.replacing(store.path, with: "STORE") }
    }

    private func blob(_ store: ContentStore, _ digest: Digest) -> String {
        "\(store.path)/blobs/sha256/\(digest.hex)"
    }

    @Test("A good store has no problem, and every blob was read")
    func good() throws {
        try withStore { store in
            let image = try SampleImage.put(["one", "two"], in: store)
            let index = Index(manifests: [image.manifest])
            let list = try SampleImage.document(index.encoded(), .index, in: store)
            try store.references.set([
                (reference("app"), image.manifest), (reference("multi"), list),
            ])
            try store.records.put(
                CacheRecordTests.record(
                    "a", layer: image.layers[0]))
            try store.layerIndexes.put([3], for: image.diffIDs[0])
            try store.ledgers.put([4], for: image.layers[0].digest)
            try store.sightings.put([5], for: .of([6]))
            try store.pins.put("run", image.manifest)
            try store.logs.start(CacheRecordTests.key("a")).write([1])
            let events = Events()
            #expect(try store.verify { event in events.list.withLock { $0.append(event) } } == [])
            let expected = try store.blobs().map { VerifyEvent.blob($0.digest, bytes: $0.size) }
            #expect(Set(events.all) == Set(expected))
        }
    }

    @Test("A blob with other bytes, also of the right size")
    func corruptBlob() throws {
        try withStore { store in
            let image = try SampleImage.put(["one"], in: store)
            try store.references.set(reference("app"), to: image.manifest)
            let layer = image.layers[0].digest
            var bytes = try store.read(layer)
            bytes[600] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: blob(store, layer)))
            #expect(
                try problems(store) == [
                    "blob \(layer) in STORE has other bytes than its name says; delete "
                        + "STORE/blobs/sha256/\(layer.hex) and pull or build again"
                ])
            #expect(try store.verify().first?.subject == .blob(layer))
        }
    }

    @Test("A corrupt manifest is told once")
    func corruptManifest() throws {
        try withStore { store in
            let image = try SampleImage.put(["one"], in: store)
            try store.references.set(reference("app"), to: image.manifest)
            var bytes = try store.read(image.manifest.digest)
            bytes[3] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: blob(store, image.manifest.digest)))
            #expect(try store.verify().map(\.subject) == [.blob(image.manifest.digest)])
        }
    }

    @Test("Blobs that images need and that are not here")
    func absent() throws {
        try withStore { store in
            let image = try SampleImage.put(["one", "two"], in: store)
            try store.references.set(reference("app"), to: image.manifest)
            let layer = image.layers[1].digest
            try store.remove(layer)
            #expect(
                try problems(store) == [
                    "blob \(layer), which manifest \(image.manifest.digest) needs, is missing; pull or "
                        + "build it again"
                ])
            try store.remove(image.manifest.digest)
            #expect(
                try problems(store) == [
                    "blob \(image.manifest.digest), which docker.io/library/app:latest needs, is missing; "
                        + "pull or build it again"
                ])
        }
    }

    @Test("Blobs that are not here but can be fetched are no problem")
    func notFetched() throws {
        try withStore { store in
            let image = try SampleImage.put(["one", "two"], in: store, withoutLayers: true)
            let remote = RemoteSource(
                registry: "localhost:5000", repository: "base", mediaType: .layer, size: image.layers[0].size)
            for layer in image.layers { try store.remoteSources.put(remote, for: layer.digest) }
            try store.references.set(reference("base"), to: image.manifest)
            try store.records.put(CacheRecordTests.record("a", layer: image.layers[0]))
            let events = Events()
            #expect(try store.verify { event in events.list.withLock { $0.append(event) } } == [])
            #expect(
                events.all.filter { if case .notFetched = $0 { true } else { false } }
                    == image.layers.map(\.digest).sorted().map { .notFetched($0, remote) })
        }
    }

    @Test("Documents that do not fit each other")
    func inconsistent() throws {
        try withStore { store in
            let short = try SampleImage.put(["one", "two"], in: store) { $0.layers.removeLast() }
            try store.references.set(reference("app"), to: short.manifest)
            #expect(
                try problems(store) == [
                    "manifest \(short.manifest.digest) has 1 layers, but its config "
                        + "\(short.config.digest) has 2 "
                        + "diffIDs; pull or build it again"
                ])
            let odd = try SampleImage.put(["one"], in: store) {
                $0.layers[0].mediaType = MediaType("text/plain")
                $0.layers[0].size += 1
            }
            try store.references.set(reference("app"), to: odd.manifest)
            #expect(
                try problems(store) == [
                    "manifest \(odd.manifest.digest) has a layer of type text/plain, which is no layer; "
                        + "build it again",
                    "blob \(odd.layers[0].digest) has \(odd.layers[0].size) bytes, but manifest "
                        + "\(odd.manifest.digest) says \(odd.layers[0].size + 1); pull or build it again",
                ])
        }
    }

    @Test("A manifest that is referred to as something else")
    func wrongType() throws {
        try withStore { store in
            let image = try SampleImage.put(["one"], in: store)
            var descriptor = image.manifest
            descriptor.mediaType = .dockerManifest
            try store.references.set(reference("app"), to: descriptor)
            #expect(
                try problems(store) == [
                    "manifest \(descriptor.digest) calls itself "
                        + "application/vnd.oci.image.manifest.v1+json, but is "
                        + "referred to as application/vnd.docker.distribution.manifest.v2+json; pull or "
                        + "build it again"
                ])
            descriptor.mediaType = .index
            try store.references.set(reference("app"), to: descriptor)
            #expect(
                try problems(store) == [
                    "blob \(descriptor.digest), which docker.io/library/app:latest needs, cannot be used: "
                        + "the index has no manifests or its schemaVersion is not 2; pull or build it again"
                ])
        }
    }

    @Test("An index that leads to itself through another ends")
    func manyLevels() throws {
        try withStore { store in
            var descriptor = try SampleImage.put(["one"], in: store).manifest
            for _ in 0..<300 {
                let index = Index(manifests: [descriptor, descriptor])
                descriptor = try SampleImage.document(index.encoded(), .index, in: store)
            }
            try store.references.set(reference("deep"), to: descriptor)
            #expect(try problems(store) == [])
            try store.references.set(
                reference("artifact"),
                to: SampleImage.put(["x"], in: store) {
                    $0.config.mediaType = MediaType("application/vnd.example+json")
                    $0.layers[0].mediaType = MediaType("text/plain")
                }.manifest)
            #expect(try problems(store) == [])
        }
    }

    @Test("Records, layer indexes, ledgers, sightings and remote sources")
    func keyedFiles() throws {
        try withStore { store in
            let digest = try store.put([1])
            let record = CacheRecordTests.record(
                "a", layer: Descriptor(mediaType: .layer, digest: digest, size: 1))
            let short = record.key.digest.short
            try store.records.put(record)
            try store.remove(digest)
            #expect(
                try problems(store) == [
                    "cache record \(short) names layer \(digest), which is not in the store; it is built "
                        + "again when needed, `chalk-image prune` removes the record"
                ])
            let hex = record.key.digest.hex
            let file = "chalk/records/\(hex.prefix(2))/\(hex).json"
            try write("{}", "\(store.path)/\(file)")
            #expect(
                try problems(store) == [
                    "cache record \(short) cannot be used: it has another version; it is built again when "
                        + "needed, `chalk-image prune` removes the record"
                ])
            try store.records.remove(record.key)
            try write("", store.path + "/chalk/records/README")
            try write("", "\(store.path)/chalk/records/\(hex.prefix(2))/x.json")
            try store.layerIndexes.put([1], for: DiffID(digest))
            try store.ledgers.put([1], for: digest)
            try write("x", "\(store.path)/chalk/ledgers/\(digest.hex)")
            try store.sightings.put([1], for: digest)
            try write("x", "\(store.path)/chalk/sightings/\(digest.hex)")
            try write("x", "\(store.path)/chalk/indexes/\(digest.hex)")
            try store.remoteSources.put(
                RemoteSource(registry: "r", repository: "p", mediaType: .layer, size: 1), for: digest)
            try write("x", "\(store.path)/chalk/remote/\(digest.hex)")
            let strange =
                hex.prefix(2) < "RE"
                ? ["\(hex.prefix(2))/x.json", "README"] : ["README", "\(hex.prefix(2))/x.json"]
            #expect(
                try problems(store)
                    == strange.map { "STORE/chalk/records/\($0) is no cache record; delete it" }
                    + ["indexes", "ledgers", "sightings", "remote"].map { "\($0)/\(digest.hex)" }.map {
                        "STORE/chalk/\($0) is damaged or does not belong there; delete it"
                    })
            for problem in try store.verify() {
                guard case .file(let name) = problem.subject else {
                    Issue.record("\(problem)")
                    continue
                }
                try FileManager.default.removeItem(atPath: "\(store.path)/\(name)")
            }
            #expect(try problems(store) == [])
        }
    }

    @Test("The layout's own files, strangers among the blobs, pins")
    func layout() throws {
        try withStore { store in
            try write("{}", store.path + "/oci-layout")
            try write("", store.path + "/blobs/sha256/README")
            try write("[", store.path + "/index.json")
            #expect(
                try problems(store) == [
                    "STORE/oci-layout does not name layout version 1.0.0; delete it to have it made again",
                    "STORE/blobs/sha256/README is not named by a digest; delete it",
                    "STORE/index.json cannot be used: not valid JSON: the text ends early at byte 1; put "
                        + "a good copy back",
                ])
            try FileManager.default.removeItem(atPath: store.path + "/oci-layout")
            try FileManager.default.removeItem(atPath: store.path + "/blobs/sha256/README")
            try write(
                #"{"schemaVersion":2,"manifests":[{"digest":"sha256:../../x","mediaType":"x","size":1}]}"#,
                store.path + "/index.json")
            _ = try ContentStore.open(at: store.path, create: false)
            _ = try store.path(of: .pins)
            try write("x", store.path + "/chalk/pins/x")
            #expect(
                try problems(store) == [
                    "STORE/index.json: an entry without a name is not a descriptor with a sha256 digest; "
                        + "remove it there",
                    "STORE/chalk/pins/x cannot be read; delete it if nothing that it could keep is needed",
                ])
        }
    }

    @Test("Unfinished writes are swept and told, not a problem")
    func leftovers() throws {
        try withStore { store in
            try write("x", store.path + "/chalk/ingests/dead")
            let alive = try store.ingest()
            let events = Events()
            #expect(try store.verify { event in events.list.withLock { $0.append(event) } } == [])
            #expect(events.all == [.swept(1)])
            try alive.commit()
        }
    }

    @Test("A blob that is a link or directory")
    func notAFile() throws {
        try withStore { store in
            let digest = Digest.of([1])
            try FileManager.default.createSymbolicLink(
                atPath: blob(store, digest), withDestinationPath: "/etc/passwd")
            #expect(
                try problems(store) == ["\(digest.hex) is a link, not a file; remove it and try again"])
        }
    }
}
