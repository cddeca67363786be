import ChalkSystem
import Testing
import ChalkTestSupport

struct FileTests {
    @Test func filesAppearWhole() throws {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        try AtomicFile.write([1, 2, 3], to: "x", in: directory)
        try AtomicFile.write([4], to: "x", in: directory)
        #expect(try FileSystem.read(scratch.path + "/x", limit: 10) == [4])
        #expect(try directory.entries().map { $0.name } == [Array("x".utf8)])
    }

    @Test func boundedReadsSayWhatIsTooLong() throws {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        try AtomicFile.write([UInt8](repeating: 7, count: 100), to: "x", in: directory)
        let error = #expect(throws: SystemError.self) { try FileSystem.read(scratch.path + "/x", limit: 99) }
        #expect(error?.description.contains("\(scratch.path)/x: file too large") == true)
        #expect(throws: SystemError.self) { try FileSystem.read(scratch.path + "/none", limit: 99) }
    }

    @Test func namesAreBytesAndSorted() throws {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        let names: [[UInt8]] = [[0x61], [0x5A], [0xFF, 0x01], Array("é".utf8)]
        for name in names { try directory.makeDirectory(name) }
        #expect(try directory.entries().map(\.name) == [[0x5A], [0x61], Array("é".utf8), [0xFF, 0x01]])
        #expect(try directory.status(of: [0xFF, 0x01] as [UInt8]).kind == .directory)
        #expect(throws: SystemError.self) { try directory.makeDirectory([0x61, 0, 0x62] as [UInt8]) }
    }

    @Test func linksAreNeverFollowed() throws {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        try directory.makeLink("out", to: "/etc")
        #expect(try directory.status(of: "out").kind == .link)
        #expect(try directory.linkTarget(of: "out") == Array("/etc".utf8))
        #expect(throws: SystemError.self) {
            _ = try directory.open("out", [.readOnly, .directory, .noFollow])
        }
        try directory.removeTree("out")
        #expect(try FileSystem.status("/etc").kind == .directory)
    }

    @Test func treesAreRemovedWhateverTheirModes() throws {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        try directory.makeDirectory("a")
        try directory.makeDirectory("a/b")
        try AtomicFile.write([1], to: "c", in: try directory.open("a/b", [.readOnly, .directory]))
        try directory.changeMode(0, of: "a/b")
        try directory.removeTree("a")
        try directory.removeTree("a")
        #expect(try directory.entries().isEmpty)
    }

    /// Deeper than there may be descriptors, with a sibling on the way.
    @Test func deepTreesAreRemoved() throws {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        var current = try directory.open(".", [.readOnly, .directory])
        for level in 0..<1_500 {
            if level % 100 == 99 { try current.makeDirectory("beside") }
            try current.makeDirectory("d")
            current = try current.open("d", [.readOnly, .directory])
        }
        try directory.removeTree("d")
        #expect(try directory.entries().isEmpty)
    }

    @Test func rangesAreCopied() throws {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        try AtomicFile.write(bytes, to: "from", in: directory)
        let source = try directory.open("from")
        let target = try directory.open("to", [.readWrite, .create])
        try target.copy(200_000, from: source, at: 50_000)
        #expect(try FileSystem.read(scratch.path + "/to", limit: 1 << 20) == Array(bytes[50_000..<250_000]))
        #expect(throws: SystemError.self) { try target.copy(1, from: source, at: 300_000) }
    }

    @Test func locksExclude() throws {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        do {
            let held = try FileLock.acquire("lock", in: directory, .exclusive)
            #expect(try isFree("lock", in: directory, .shared) == false)
            withExtendedLifetime(held) {}
        }
        #expect(try isFree("lock", in: directory, .exclusive))
    }

    private func isFree(_ name: String, in directory: borrowing FileDescriptor, _ mode: FileLock.Mode) throws
        -> Bool
    {
        let lock = try FileLock.tryAcquire(name, in: directory, mode)
        switch consume lock {
        case .some: return true
        case .none: return false
        }
    }

    @Test(
        arguments: [
            ("/", "/"), ("/a//b/./c/", "/a/b/c"), ("/a/../../b", "/b"), ("//", "/"),
        ])
    func normalizedPaths(path: String, normal: String) {
        #expect(PathText.normalized(path) == normal)
    }

    @Test func partsOfPaths() {
        #expect(PathText.parent(of: "/a/b") == "/a")
        #expect(PathText.parent(of: "/a") == "/")
        #expect(PathText.parent(of: "a") == ".")
        #expect(PathText.name(of: "/a/b") == "b")
        #expect(PathText.absolute("b", in: "/a") == "/a/b")
        #expect(PathText.absolute("/b", in: "/a") == "/b")
    }
}
