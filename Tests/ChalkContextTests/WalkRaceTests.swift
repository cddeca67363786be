import ChalkContext
import ChalkSystem
import ChalkTestSupport
import Foundation
import Synchronization
import Testing

/// Walks of a tree that is changed under them: an error that says so, or entries that were there, and nothing from
/// outside.
@Suite struct WalkRaceTests {
    /// One change after the other, until told to stop.
    private final class Disturbance: Sendable {
        private let isOver = Atomic(false)
        private let isDone = DispatchSemaphore(value: 0)

        init(_ change: @escaping @Sendable (inout SeededGenerator) -> Void) {
            Thread.start { [self] in
                var random = SeededGenerator(seed: testSeed)
                while !isOver.load(ordering: .acquiring) { change(&random) }
                isDone.signal()
            }
        }

        func end() {
            isOver.store(true, ordering: .releasing)
            isDone.wait()
        }
    }

    private static let names = ["a", "b", "c", "d", "e"]

    /// Renames, replaces and rewrites things below `root`; what fails because of the change before it does not matter.
    private static func disturb(
        _ root: borrowing FileDescriptor, outside: String, _ random: inout SeededGenerator
    ) {
        func place() -> String { random.pick(names) + "/" + random.pick(names) }
        let (from, to) = (place(), random.chance(30) ? random.pick(names) : place())
        switch random.number(0...6) {
        case 0, 1: try? root.rename(from, to: to, in: root)
        case 2: try? root.makeLink(from, to: random.pick([outside, "..", "e", from]))
        case 3: try? root.makeDirectory(to)
        case 4: try? root.removeTree(to)
        case 5: try? root.open(from, [.writeOnly, .create]).write(bytes("x"))
        default:
            guard let file = try? root.open("a/.gitignore", [.writeOnly, .create, .truncate]) else { return }
            try? file.write(bytes(String(repeating: "nothing\n", count: random.number(0...200))))
        }
    }

    @Test(arguments: [true, false]) func nothingWrongIsToldOfATreeThatChanges(readsStatus: Bool) throws {
        let tree = try Tree()
        // Two levels of room, so that links to `..` never lead out of what is the test's own.
        for name in WalkRaceTests.names {
            for inner in WalkRaceTests.names { try tree.file("room/context/\(name)/\(inner)/deep/\(inner)") }
        }
        try tree.file("outside/secret")
        let root = OpenRoot(try tree.root.open("room/context", [.readOnly, .directory]))
        let outside = tree.path + "/outside"
        let disturbance = Disturbance { WalkRaceTests.disturb(root.descriptor, outside: outside, &$0) }
        defer { disturbance.end() }
        let known = Set((WalkRaceTests.names + ["deep", ".gitignore"]).map(bytes))
        var (whole, failed) = (0, 0)
        for round in 0..<60 {
            var seen: Set<[UInt8]> = []
            let options = ContextWalker.Options(
                profile: round % 2 == 0 ? .goGit : .git, reportsIgnored: round % 3 == 0,
                readsStatus: readsStatus)
            do {
                try ContextWalker(options: options).walk(root.descriptor) { entry, _ in
                    #expect(seen.insert(entry.path).inserted, "\(text(entry.path)) was told twice")
                    #expect(entry.path.split(separator: 0x2F).allSatisfy { known.contains(Array($0)) })
                    #expect(entry.status?.kind ?? entry.kind == entry.kind)
                }
                whole += 1
            } catch let error as ContextError {
                #expect([.vanished, .changed, .ignoreFile].contains(error.code), "\(error)")
                failed += 1
            }
        }
        #expect(whole + failed == 60)
    }

    /// Shared with the thread that disturbs.
    private final class OpenRoot: Sendable {
        let descriptor: FileDescriptor

        init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
    }

    /// A directory that moved away while it was closed, as the far ones of a deep tree are.
    @Test func aDirectoryThatMovedIsNotGoneOnWith() throws {
        let tree = try Tree()
        let deep = (0..<300).map { "l\($0)" }
        try tree.file((deep + ["bottom"]).joined(separator: "/"))
        try tree.file("l0/l1/later")
        try tree.folder("elsewhere")
        let error = #expect(throws: ContextError.self) {
            try ContextWalker().walk(tree.root) { entry, _ in
                guard entry.path.ends(with: "bottom") else { return }
                try tree.root.rename("l0/l1/l2", to: "elsewhere/l2", in: tree.root)
            }
        }
        #expect(error?.code == .changed)
        #expect(
            error?.description.hasSuffix(
                "the directory was moved during the walk; "
                    + "try again when nothing else writes there") == true)
    }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
