import ChalkTestSupport
import ChalkOCI
import ChalkSystem
import Foundation
import Testing

@testable import ChalkArchive

/// A random tree on disk.
struct RandomTree {
    var generator: SeededGenerator
    private var directories: [String] = [""]
    private var files: [String] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private mutating func name() -> [UInt8] {
        let alphabet: [UInt8] = Array("abcxyz-._ 0!\u{fc}".utf8) + [0xFF, 0x0A]
        let length = Int.random(
            in: 1...(Int.random(in: 0...9, using: &generator) == 0 ? 120 : 9), using: &generator)
        let name = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0x61 }
        return name == bytes(".") || name == bytes("..") || Whiteout.isReserved(name) ? bytes("n") : name
    }

    /// Makes so many entries below `root`.
    mutating func make(_ count: Int, in root: String) throws {
        var places: [[UInt8]] = [bytes(root)]
        var files: [[UInt8]] = []
        for _ in 0..<count {
            let parent = places.randomElement(using: &generator) ?? bytes(root)
            if parent.count > 900 { continue }
            let directory = try FileDescriptor.directory(parent)
            let name = name()
            if try directory.statusIfPresent(of: name) != nil { continue }
            let path = parent + bytes("/") + name
            switch Int.random(in: 0..<12, using: &generator) {
            case 0...2:
                try directory.makeDirectory(name)
                places.append(path)
            case 3: try directory.makeLink(name, to: self.name())
            case 4: try directory.makeNode(name, type: 0o010000, mode: 0o600, device: 0)
            case 5:
                guard let target = files.randomElement(using: &generator) else { continue }
                try directory.makeHardLink(name, to: target, in: directory)
                continue
            case 6: try directory.makeNode(name, type: 0o020000, mode: 0o600, device: 259)
            default:
                let file = try directory.open(name, [.writeOnly, .create, .exclusive])
                let size = [0, 1, 511, 512, 513, 5_000, 70_000].randomElement(using: &generator) ?? 0
                try file.write(generator.bytes(size))
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    try directory.setAttribute(
                        .init(name: bytes("user.note"), value: generator.bytes(7)), of: name)
                }
                files.append(path)
            }
            let isLink = try directory.status(of: name).kind == .link
            try directory.changeOwner(
                uid: UInt32.random(in: 0...70_000, using: &generator),
                gid: UInt32.random(in: 0...70_000, using: &generator), of: name)
            if !isLink {
                try directory.changeMode(UInt32.random(in: 0...0o7777, using: &generator), of: name)
            }
        }
        for path in places.reversed() + files {
            let time = Int64.random(in: 0...2_000_000_000, using: &generator)
            try FileDescriptor.directory(LayerPath.parent(path)).changeTime(
                .init(seconds: time), of: LayerPath.name(path))
        }
    }
}

@Suite struct TreePropertyTests {
    private func layer(of root: String, _ compression: LayerCompression, into sink: MemorySink) throws
        -> LayerSummary
    {
        let writer = try LayerWriter(options: LayerOptions(compression: compression), sink: sink)
        try TreeSource(root: FileDescriptor.directory(root), times: .keep).visit { entry, content in
            try writer.add(entry, content: content)
        }
        return try writer.finish()
    }

    @Test(arguments: UInt64(1)...12)
    func aTreeSurvivesALayer(_ seed: UInt64) throws {
        try withScratch { scratch in
            try makeDirectory(scratch + "/tree")
            var random = RandomTree(seed: seed)
            try random.make(120, in: scratch + "/tree")
            let sink = MemorySink()
            let compression: LayerCompression =
                seed % 3 == 0 ? .defaultZstd : seed % 3 == 1 ? .defaultGzip : .none
            let summary = try layer(of: scratch + "/tree", compression, into: sink)
            let applied = try apply(sink.bytes, to: scratch + "/applied")
            #expect(applied.diffID == summary.diffID, "seed \(seed)")
            #expect(applied.warnings == [], "seed \(seed)")
            let found = try differences(snapshot(scratch + "/tree"), snapshot(scratch + "/applied"))
            #expect(found == [], "seed \(seed)")
            let again = MemorySink()
            #expect(try layer(of: scratch + "/applied", compression, into: again) == summary, "seed \(seed)")
            #expect(again.bytes == sink.bytes, "seed \(seed)")
            // Inode numbers and the order of names in directories are the file system's business, not the layer's.
            try succeed("cp -a tree copy", in: scratch)
            let copied = MemorySink()
            #expect(try layer(of: scratch + "/copy", compression, into: copied) == summary, "seed \(seed)")
        }
    }

    @Test(arguments: UInt64(20)...59)
    func randomStacksAgreeInEveryForm(_ seed: UInt64) throws {
        try withScratch { scratch in
            var generator = SeededGenerator(seed: seed)
            let names = ["a", "b", "c"]
            func path() -> String {
                (0...Int.random(in: 0...2, using: &generator)).map { _ in
                    names.randomElement(using: &generator) ?? "a"
                }
                .joined(separator: "/")
            }
            var streams: [[UInt8]] = []
            var lowers: [String] = []
            for number in 0..<4 {
                // An entry of a layer stands on directories or links alone, so what would stand on a file is left out.
                var entries: [String: (LayerEntry, [UInt8])] = [:]
                for _ in 0..<14 {
                    let path = path()
                    switch Int.random(in: 0..<9, using: &generator) {
                    case 0 where number > 0: entries[path] = try whiteout(path)
                    case 1 where number > 0: entries[path + "/"] = try opaque(path)
                    case 2...4: entries[path] = try directory(path)
                    case 5:
                        let target = ["a", "b", "/c", "../a", "/a/b", "../../c"].randomElement(
                            using: &generator)
                        entries[path] = try link(path, target ?? "a")
                    default: entries[path] = try file(path, "\(number) \(path)")
                    }
                }
                let sorted = entries.values.sorted { LayerPath.precedes($0.0.path, $1.0.path) }
                var kept: [(LayerEntry, [UInt8])] = []
                for entry in sorted {
                    let stands = kept.contains {
                        if case .file = $0.0.kind {
                            entry.0.path.starts(with: $0.0.path + [LayerPath.slash])
                        } else {
                            false
                        }
                    }
                    if !stands { kept.append(entry) }
                }
                let stream = try tar(kept)
                let stack = OverlayStack(.trusted)
                for below in lowers.reversed() { stack.append(try FileDescriptor.directory(below)) }
                do {
                    try apply(stream, to: scratch + "/merged")
                } catch is ArchiveError {
                    // A path that leads through a file of a lower layer: refused in every form.
                    #expect(throws: ArchiveError.self, "seed \(seed)") {
                        try apply(stream, to: scratch + "/refused", .overlay(userXattr: false), lower: stack)
                    }
                    break
                }
                let place = scratch + "/layer-\(number)"
                try apply(stream, to: place, .overlay(userXattr: false), lower: stack)
                lowers.append(place)
                streams.append(stream)
                let flat = MemorySink()
                try LayerFlattener.flatten(streams.map { stream in { MemorySource(stream) } }, into: flat)
                try apply(flat.bytes, to: scratch + "/flat-\(number)")
                for name in ["mnt", "out"] { try makeDirectory(scratch + "/\(name)-\(number)") }
                try succeed(
                    "unshare -m sh -c 'mount -t overlay overlay -o lowerdir=\(lowers.reversed().joined(separator: ":")):out-\(number) mnt-\(number) && cp -a mnt-\(number) seen-\(number)'",
                    in: scratch)
                let merged = try snapshot(scratch + "/merged")
                let mounted = try differences(merged, snapshot(scratch + "/seen-\(number)"))
                #expect(mounted == [], "seed \(seed) layer \(number)")
                let flattened = try differences(merged, snapshot(scratch + "/flat-\(number)"))
                #expect(flattened == [], "seed \(seed) layer \(number)")
            }
        }
    }

    @Test func clampsAndFixesTimes() throws {
        try withScratch { scratch in
            try write([], to: scratch + "/f")
            try succeed("touch -d @1000 f && touch -d @500 .", in: scratch)
            for (times, expected) in [
                (TreeSource.Times.keep, [500, 1_000]), (.clamped(to: 700), [500, 700]), (.fixed(3), [3, 3]),
            ] as [(TreeSource.Times, [Int64])] {
                var list: [LayerEntry] = []
                try TreeSource(root: FileDescriptor.directory(scratch), times: times).visit { entry, _ in
                    list.append(entry)
                }
                #expect(list.map(\.mtime) == expected)
            }
        }
    }
}
