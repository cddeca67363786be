import ChalkTestSupport
import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

@Suite("Blobs")
struct BlobTests {
    private let bytes = Array("hello, store".utf8)

    private func file(_ store: ContentStore, _ digest: Digest) -> String {
        "\(store.path)/blobs/sha256/\(digest.hex)"
    }

    @Test("Bytes get their name with the commit and not before", arguments: [true, false])
    func commit(immediate: Bool) throws {
        try withStore { store in
            let ingest = try store.ingest(immediate ? .immediate : .deferred)
            try ingest.write(bytes[..<5])
            try ingest.write(bytes[5...])
            #expect(ingest.size == 12)
            #expect(try store.blobs().isEmpty)
            let (digest, size) = try ingest.commit(expecting: .of(bytes), size: 12)
            #expect(digest == .of(bytes) && size == 12)
            #expect(try store.blobs().map(\.digest) == [digest])
            #expect(try store.blobs().map(\.size) == [12])
            #expect(try store.read(digest) == bytes)
            #expect(try tree(store.path + "/chalk/ingests").isEmpty)
            try store.settle()
        }
    }

    @Test("Other bytes than expected never show")
    func mismatch() throws {
        try withStore { store in
            let other = Digest.of([1])
            let wrongDigest = try store.ingest()
            try wrongDigest.write(bytes)
            #expect(
                try sentence { try wrongDigest.commit(expecting: other) }
                    == "blob \(other) has the bytes of \(Digest.of(bytes)); fetch or make it again")
            let wrongSize = try store.ingest()
            try wrongSize.write(bytes)
            #expect(
                try sentence { try wrongSize.commit(expecting: .of(bytes), size: 13) }
                    == "blob \(Digest.of(bytes)) has 12 bytes instead of 13; fetch or make it again")
            let unnamed = try store.ingest()
            #expect(
                try sentence { try unnamed.commit(size: 1) }
                    == "a blob has 0 bytes instead of 1; fetch or make it again")
            #expect(try store.blobs().isEmpty)
            #expect(try tree(store.path + "/chalk/ingests").isEmpty)
        }
    }

    @Test("After its commit, good or not, an ingest takes nothing more")
    func afterCommit() throws {
        try withStore { store in
            let ingest = try store.ingest()
            try ingest.write(bytes)
            try ingest.commit()
            let message = "a blob cannot be written after its commit; start another"
            #expect(try sentence { try ingest.write(bytes) } == message)
            #expect(try sentence { try ingest.commit() } == message)
            let failed = try store.ingest()
            #expect(try code { try failed.commit(size: 5) } == .mismatch)
            #expect(try sentence { try failed.commit() } == message)
        }
    }

    @Test("Without a commit the bytes go with their owner")
    func abandoned() throws {
        try withStore { store in
            do {
                let ingest = try store.ingest()
                try ingest.write(bytes)
            }
            #expect(try tree(store.path + "/chalk/ingests").isEmpty)
            #expect(try store.blobs().isEmpty)
        }
    }

    @Test("A blob that is there stays; one that lost bytes is replaced")
    func idempotent() throws {
        try withStore { store in
            let digest = try store.put(bytes)
            let inode = try FileSystem.status(file(store, digest)).inode
            #expect(try store.put(bytes) == digest)
            #expect(try FileSystem.status(file(store, digest)).inode == inode)
            try write("hel", file(store, digest))
            #expect(try store.put(bytes) == digest)
            #expect(try store.read(digest) == bytes)
            try FileManager.default.removeItem(atPath: file(store, digest))
            try FileManager.default.createSymbolicLink(
                atPath: file(store, digest), withDestinationPath: "/etc/passwd")
            #expect(try store.put(bytes) == digest)
            #expect(
                try FileDescriptor.directory(store.path + "/blobs/sha256").status(of: digest.hex).kind
                    == .file)
        }
    }

    @Test("An empty blob is a blob")
    func empty() throws {
        try withStore { store in
            let digest = try store.put([])
            #expect(digest == .of([]))
            #expect(try store.size(of: digest) == 0)
            #expect(try store.read(digest, limit: 0) == [])
        }
    }

    @Test("Questions about blobs")
    func questions() throws {
        try withStore { store in
            let digest = try store.put(bytes)
            let absent = Digest.of([9])
            #expect(try store.contains(digest))
            #expect(try !store.contains(absent))
            #expect(try store.contains(Descriptor(mediaType: .layer, digest: digest, size: 12)))
            #expect(try !store.contains(Descriptor(mediaType: .layer, digest: digest, size: 11)))
            #expect(try store.size(of: digest) == 12)
            #expect(try store.size(of: absent) == nil)
            #expect(try store.open(digest).readToEnd(limit: 100) == bytes)
            #expect(
                try sentence { _ = try store.open(absent) }
                    == "blob \(absent) is not in \(store.path); pull or build the image that needs it again")
            #expect(try store.remove(digest))
            #expect(try !store.remove(digest))
            #expect(try !store.contains(digest))
        }
    }

    @Test("Documents are bounded and checked when read")
    func documents() throws {
        try withStore { store in
            let digest = try store.put(bytes)
            #expect(
                try sentence { _ = try store.read(digest, limit: 11) }
                    == "blob \(digest) in \(store.path) has 12 bytes, more than the 11 that it may have; "
                    + "use an image whose documents are smaller")
            try write("hello, stOre", file(store, digest))
            #expect(
                try sentence { _ = try store.read(digest) }
                    == "blob \(digest) in \(store.path) has other bytes than its name says; delete "
                    + "\(store.path)/blobs/sha256/\(digest.hex) and pull or build again")
            #expect(ContentStore.documentLimit == 4_194_304)
        }
    }

    @Test("What is no file under a digest's name is neither followed nor waited for")
    func strangers() throws {
        try withStore { store in
            let digest = Digest.of(bytes)
            try FileManager.default.createSymbolicLink(
                atPath: file(store, digest), withDestinationPath: "/etc/passwd")
            #expect(
                try sentence { _ = try store.open(digest) }
                    == "\(digest.hex) is a link, not a file; remove it and try again")
            #expect(try code { _ = try store.contains(digest) } == .corrupt)
            #expect(try store.blobs().isEmpty)
            #expect(try store.remove(digest))
            #expect(try run(["mkfifo", file(store, digest)]).status == 0)
            #expect(try code { _ = try store.read(digest) } == .invalid)
        }
    }

    @Test("A listing is sorted and leaves strangers out")
    func listing() throws {
        try withStore { store in
            let digests = try (0..<20).map { try store.put([UInt8($0)]) }
            try write("", store.path + "/blobs/sha256/README")
            #expect(try store.blobs().map(\.digest) == digests.sorted())
        }
    }

    @Test("A source that is checked while it is read")
    func verifiedSource() throws {
        let cases: [([UInt8], Int64, Digest, String)] = [
            (bytes, 12, .of(bytes), ""),
            (
                bytes, 13, .of(bytes),
                "blob \(Digest.of(bytes)) from X ends after 12 of 13 bytes; fetch or make it again"
            ),
            (
                bytes, 11, .of(bytes),
                "blob \(Digest.of(bytes)) from X has more than the 11 bytes it should have; fetch or make "
                    + "it again"
            ),
            (
                bytes, 12, .of([1]),
                "blob \(Digest.of([1])) from X has the bytes of \(Digest.of(bytes)); fetch or make it again"
            ),
        ]
        for (content, size, digest, message) in cases {
            let source = VerifiedSource(MemorySource(content), digest: digest, size: size, origin: "X")
            #expect(try sentence { _ = try source.readToEnd(limit: 100) } == message)
        }
        let ended = VerifiedSource(MemorySource([]), digest: .of([]), size: 0, origin: "X")
        var nothing: [UInt8] = []
        var buffer: [UInt8] = [0]
        #expect(try ended.read(into: &nothing) == 0)
        #expect(try ended.read(into: &buffer) == 0)
        #expect(try ended.read(into: &buffer) == 0)
    }

    @Test("A blob as a source")
    func source() throws {
        try withStore { store in
            let digest = try store.put(bytes)
            let descriptor = Descriptor(mediaType: .layer, digest: digest, size: 12)
            #expect(try store.source(of: descriptor).readToEnd(limit: 100) == bytes)
            try write("hello, stOre", file(store, digest))
            #expect(try code { _ = try store.source(of: descriptor).readToEnd(limit: 100) } == .mismatch)
        }
    }

    @Test("Bytes given in pieces of any size make the same blob")
    func pieces() throws {
        let seed: UInt64 = 7
        var numbers = SeededGenerator(seed: seed)
        try withStore { store in
            for round in 0..<20 {
                let content = (0..<Int.random(in: 0...100_000, using: &numbers)).map {
                    UInt8(truncatingIfNeeded: $0 ^ round)
                }
                let ingest = try store.ingest(.deferred)
                var rest = content[...]
                while !rest.isEmpty {
                    let count = min(rest.count, Int.random(in: 1...30_000, using: &numbers))
                    try ingest.write(rest.prefix(count))
                    rest = rest.dropFirst(count)
                }
                let digest = try ingest.commit().digest
                #expect(digest == .of(content), "seed \(seed), round \(round)")
                #expect(try store.read(digest) == content, "seed \(seed), round \(round)")
            }
        }
    }
}
