import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Testing

@testable import ChalkImage

/// Lazy files that are not what they were when the spec was made.
@Suite struct LazyFileTests {
    private struct Lab: ~Copyable {
        let directory: TemporaryDirectory
        let store: ImageStore

        init() throws {
            let made = try TemporaryDirectory.make(in: TestPlace.directory, prefix: "chalk-lazy")
            let opened = try ImageStore.open(made.path + "/store")
            directory = made
            store = opened
        }

        func write(_ text: String, _ name: String) throws {
            let path = "\(directory.path)/\(name)"
            let parent = try FileDescriptor.directory(PathText.parent(of: path))
            try AtomicFile.write(Array(text.utf8), to: PathText.name(of: path), in: parent)
        }

        func build(_ image: Image, _ name: String) throws -> BuildResult {
            var options = BuildOptions()
            options.names = [try Reference(name)]
            return try ImageBuilder(store: store).perform(image, options, cancellation: Cancellation()) { _ in
            }
        }
    }

    @Test func aFileThatChangedIsPickedUpAndOneThatVanishedIsAnError() throws {
        let lab = try Lab()
        try lab.write("one", "a.txt")
        let image = try Image.scratch.addLocalFile(lab.directory.path + "/a.txt", to: "/etc/a.txt")
        let first = try lab.build(image, "a:1")
        try lab.write("two", "a.txt")
        let second = try lab.build(image, "a:1")
        #expect(first.manifest == second.manifest)
        #expect(first.groups[0].group.diffID != second.groups[0].group.diffID)
        #expect(try lab.store.groups(of: "a:1") == second.groups.map(\.group))

        try FileDescriptor.directory(lab.directory.path).removeFile("a.txt")
        let error = #expect(throws: ChalkError.self) { try lab.build(image, "a:1") }
        #expect(error?.kind == .notFound)
        #expect(
            error?.description
                == "\(lab.directory.path)/a.txt, which is to be mounted at /etc/a.txt, is not there any more; put it back, or take it out of the spec"
        )
        // Nothing happened to what there was.
        #expect(try lab.store.groups(of: "a:1") == second.groups.map(\.group))
    }

    /// Edited files of many that keep their size: only their segment is compressed.
    @Test func oneFileOfManyCostsItsSegment() throws {
        let lab = try Lab()
        try FileSystem.makeDirectories(lab.directory.path + "/d", mode: 0o755)
        for index in 0..<60 {
            try lab.write(String(repeating: "\(index) line of a file\n", count: 1_000), "d/f\(index)")
        }
        let image = try Image.scratch.addLocalDir(lab.directory.path + "/d", to: "/d")
        #expect(try lab.build(image, "d:1").groups[0].group.files == 60)
        try lab.write(String(repeating: "changed", count: 10), "d/f30")
        let group = try lab.build(image, "d:1").groups[0]
        let cost = try #require(group.cost)
        #expect(group.reason == "`f30` changed")
        #expect(cost.compressed.bytes * 2 < group.group.bytes, "\(cost)")
        #expect(cost.copied.bytes > 0)
        // A plan knows as much and writes nothing.
        let plan = try ImageBuilder(store: lab.store).performPlan(
            image, BuildOptions(), cancellation: Cancellation())
        #expect(plan.groups.map(\.verdict.word) == ["hit"])
    }
}
