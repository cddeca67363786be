import ChalkSystem
import Testing
import ChalkTestSupport

struct DirectoryListingTests {
    private func listing(of names: [[UInt8]]) throws -> [[UInt8]] {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        for name in names { _ = try directory.open(name, [.writeOnly, .create]) }
        var listing = DirectoryListing()
        var buffer = DirectoryListing.Buffer()
        try listing.read(directory, through: &buffer)
        for (index, name) in names.sorted(by: { $0.lexicographicallyPrecedes($1) }).enumerated() {
            #expect(listing.index(of: name) == index)
            #expect(listing.kind(index) == .file)
            #expect(try directory.status(index, of: listing).kind == .file)
        }
        for absent in ["", "a", "prefix", "prefix-", "prefix-zzzzzzzzzzzz", "zz"].map({ Array($0.utf8) })
        where !names.contains(absent) {
            #expect(listing.index(of: absent) == nil)
        }
        return (0..<listing.count).map { index in
            var copy: [UInt8] = []
            listing.append(index, to: &copy)
            #expect(copy[...] == listing.name(index))
            return copy
        }
    }

    /// Names that part early, late, behind a common front, at their ends, and in bytes from 0x80.
    @Test(arguments: [
        [], ["only"], ["b", "a", "c"], ["prefix-b", "prefix-a", "prefix-"], ["prefix", "prefix-a"],
        ["samesame1", "samesame", "samesame12", "samesam"], ["a\u{1}", "a"], ["é", "e", "z", "\u{10FFFF}"],
        ["prefix-12345678", "prefix-123456789", "prefix-1234567", "prefix-12345678 "], [".a", "..a", "..."],
    ]) func namesAreSorted(names: [String]) throws {
        let bytes = names.map { Array($0.utf8) }
        #expect(try listing(of: bytes) == bytes.sorted { $0.lexicographicallyPrecedes($1) })
    }

    /// More names than one call of the kernel tells, some as long as names can be.
    @Test func manyNames() throws {
        let names = (0..<4_000).map { index in
            Array(
                "\(index % 7 == 0 ? String(repeating: "n", count: 240) : "name-")\(index &* 7_919 % 4_001)"
                    .utf8)
        }
        #expect(try listing(of: names) == names.sorted { $0.lexicographicallyPrecedes($1) })
    }

    /// One listing and one buffer serve one directory after the other.
    @Test func listingsAreUsedAgain() throws {
        let scratch = try TemporaryDirectory.make(in: TestPlace.directory)
        let directory = try FileDescriptor.directory(scratch.path)
        try directory.makeDirectory("many")
        try directory.makeDirectory("few")
        try directory.makeLink("few/link", to: "nowhere")
        let many = try directory.open("many", [.readOnly, .directory])
        for index in 0..<300 { try many.makeDirectory("common-\(index)") }
        var listing = DirectoryListing()
        var buffer = DirectoryListing.Buffer()
        for _ in 0..<2 {
            try listing.read(try directory.open("many", [.readOnly, .directory]), through: &buffer)
            #expect(listing.count == 300 && listing.kind(17) == .directory)
            try listing.read(try directory.open("few", [.readOnly, .directory]), through: &buffer)
            #expect(listing.count == 1 && listing.kind(0) == .link)
            #expect(listing.index(of: Array("link".utf8)) == 0)
        }
        #expect(listing.capacity > 300 * 16)
        let error = #expect(throws: SystemError.self) {
            try listing.read(try directory.open("few/link", [.pathOnly, .noFollow]), through: &buffer)
        }
        #expect(error?.description == "cannot list a directory: bad file descriptor")
    }
}
