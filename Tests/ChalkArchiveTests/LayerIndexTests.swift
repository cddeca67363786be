import ChalkTestSupport
import ChalkOCI
import ChalkSystem
import Testing

@testable import ChalkArchive

@Suite struct LayerIndexTests {
    private func index(_ entries: [(LayerEntry, [UInt8])]) throws -> LayerIndex {
        try LayerIndex.read(MemorySource(layer(entries).bytes))
    }

    private func sample() throws -> LayerIndex {
        try index(
            [
                directory("", mode: 0o755), directory("usr", mode: 0o711, uid: 7), directory("usr/lib"),
                file("usr/lib/a"), link("lib", "usr/lib"), whiteout("old"), opaque("usr/share"),
                hardLink("z", "usr/lib/a"),
                file("usr/lib/b-\u{fc}"),
            ].sorted { LayerPath.precedes($0.0.path, $1.0.path) })
    }

    @Test func listsWhatALayerHolds() throws {
        let index = try sample()
        #expect(index.directories.map { LayerPath.display($0.path) } == ["/", "usr", "usr/lib"])
        #expect(index.directories.map(\.mode) == [0o755, 0o711, 0o755])
        #expect(index.directories[1].uid == 7)
        #expect(index.links.map(\.target) == [bytes("usr/lib")])
        #expect(index.files.map { LayerPath.display($0) } == ["usr/lib/a", "usr/lib/b-ü", "z"])
        #expect(index.whiteouts == [bytes("old")])
        #expect(index.opaques == [bytes("usr/share")])
    }

    @Test func survivesItsBytes() throws {
        for index in try [sample(), LayerIndex(), index(sampleEntries())] {
            #expect(try LayerIndex(bytes: index.bytes) == index)
            #expect(index.bytes == (try LayerIndex(bytes: index.bytes).bytes))
        }
        let digest = Digest.of(try sample().bytes).hex
        #expect(digest == "926bb7f12417b94d9d9c86d0b108d55f4b4b2658e0568e2cf7f842002e28c34b")
    }

    @Test func refusesDamagedBytes() throws {
        let whole = try sample().bytes
        for place in stride(from: 0, to: whole.count, by: 3) {
            var damaged = whole
            damaged[place] ^= 1
            let error = #expect(throws: ArchiveError.self) { try LayerIndex(bytes: damaged) }
            #expect(error?.code == .invalidIndex)
        }
        for count in [0, 10, 26, 89, 90, whole.count - 1] {
            #expect(throws: ArchiveError.self) { try LayerIndex(bytes: Array(whole.prefix(count))) }
        }
        // Bytes that say the right digest of nonsense.
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let body = Array(whole.prefix(26)) + generator.bytes(Int.random(in: 0...40, using: &generator))
            let bytes = body + ChalkArchiveTests.bytes(Digest.of(body).hex)
            if let index = try? LayerIndex(bytes: bytes) { #expect(index.bytes.count > 0) }
        }
        let error = #expect(throws: ArchiveError.self) { try LayerIndex(bytes: bytes("no index")) }
        #expect(error?.description == "the bytes are no layer index of version 1")
    }

    @Test func laterEntriesReplaceEarlierOnes() throws {
        let index = try LayerIndex.read(
            MemorySource(tar([directory("d"), file("d/f"), file("x"), directory("x"), file("d")])))
        #expect(index.files == [bytes("d")])
        #expect(index.directories.map(\.path) == [bytes("x")])
    }

    @Test func saysWherePathsLead() throws {
        let stack = try StackIndex([
            index(
                [
                    directory("usr"), directory("usr/lib"), link("lib", "usr/lib"), link("abs", "/usr/lib"),
                    link("up", "../../../usr"), link("usr/lib/back", ".."), link("round", "round"), file("f"),
                    link("chain", "lib/back"), link("dangling", "no/where"),
                ].sorted { LayerPath.precedes($0.0.path, $1.0.path) })
        ])
        for (path, last, real) in [
            ("lib/x", false, "usr/lib/x"), ("abs/x/y", true, "usr/lib/x/y"), ("up/lib", true, "usr/lib"),
            ("lib", false, "lib"), ("lib", true, "usr/lib"), ("lib/back/lib", true, "usr/lib"),
            ("chain/new", true, "usr/new"), ("chain/../x", true, "x"), ("dangling/f", true, "no/where/f"),
            ("../../x", true, "x"), ("", true, ""), ("./usr/./lib", true, "usr/lib"), ("f", true, "f"),
            ("new/a/b", true, "new/a/b"),
        ] {
            #expect(
                String(decoding: try stack.resolve(bytes(path), followingLast: last), as: UTF8.self) == real,
                "\(path)")
        }
        let round = #expect(throws: ArchiveError.self) {
            try stack.resolve(bytes("round/x"), followingLast: true)
        }
        #expect(round?.description == "round/x is refused: its links go round or are too many")
        let through = #expect(throws: ArchiveError.self) {
            try stack.resolve(bytes("f/x"), followingLast: true)
        }
        #expect(through?.description == "f/x is refused: f is no directory")
        #expect(stack.lookup(bytes("lib")) == .link(target: bytes("usr/lib")))
        #expect(stack.lookup(bytes("lib/back")) == .missing)
        #expect(stack.lookup(bytes("usr/lib")) == .directory(mode: 0o755, uid: 0, gid: 0))
        #expect(stack.lookup(bytes("f")) == .file)
        #expect(stack.lookup(bytes("none")) == .missing)
    }

    @Test func upperLayersHideLowerOnes() throws {
        let stack = try StackIndex([
            index([directory("d", mode: 0o700, uid: 3), file("d/low"), file("gone")]),
            index([whiteout("gone"), opaque("d"), file("d/high")]),
            index([file("e/deep")]),
        ])
        #expect(stack.lookup(bytes("d")) == .directory(mode: 0o700, uid: 3, gid: 0))
        #expect(stack.lookup(bytes("d/low")) == .missing)
        #expect(stack.lookup(bytes("d/high")) == .file)
        #expect(stack.lookup(bytes("gone")) == .missing)
        #expect(stack.lookup(bytes("e")) == .directory(mode: 0o755, uid: 0, gid: 0))
    }
}

@Suite struct LayerFlattenerTests {
    private func flatten(_ layers: [[UInt8]]) throws -> [(entry: LayerEntry, content: [UInt8])] {
        let sink = MemorySink()
        try LayerFlattener.flatten(layers.map { layer in { MemorySource(layer) } }, into: sink)
        return try entries(of: sink.bytes)
    }

    @Test func keepsContentWhoseFirstNameIsGone() throws {
        let list = try flatten([
            layer([file("a", "shared"), hardLink("b", "a"), hardLink("c", "a")]).bytes,
            layer([whiteout("a")]).bytes,
        ])
        #expect(list.map(\.entry.path.display) == ["b", "c"])
        #expect(list[0].entry.kind == .file(size: 6))
        #expect(list[0].content == bytes("shared"))
        #expect(list[1].entry.kind == .hardLink(target: bytes("b")))
    }

    @Test func keepsContentThatALowerLayerHolds() throws {
        let list = try flatten([
            layer([file("a", "first")], .defaultZstd).bytes, tar([hardLink("b", "a")]),
            layer([file("a", "second")]).bytes,
        ])
        #expect(list.map(\.entry.path.display) == ["b", "a"])
        #expect(list.map(\.content) == [bytes("first"), bytes("second")])
    }

    @Test func isReadByOthersWithoutAWarning() throws {
        try withScratch { scratch in
            let sink = MemorySink()
            let layers = try [
                layer(sampleEntries()).bytes,
                layer([whiteout("group-3"), file("group-4/more")], .defaultZstd).bytes,
            ]
            try LayerFlattener.flatten(layers.map { layer in { MemorySource(layer) } }, into: sink)
            try write(sink.bytes, to: scratch + "/t.tar")
            let output = try succeed(
                "mkdir out && tar -xpf t.tar -C out && rm -r out/group-5 && ls out", in: scratch)
            #expect(!output.contains("tar:"))
            #expect(!output.contains("group-3"))
        }
    }

    @Test func refusesAHardLinkToNothing() throws {
        let error = #expect(throws: ArchiveError.self) { try flatten([tar([hardLink("b", "a")])]) }
        #expect(
            error?.description
                == "the layer's hard link b is refused: its target a is not there or is a directory")
    }
}
