import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Testing

@testable import ChalkArchive

/// An entry, as far as the rule looks at it.
private struct Item: Hashable {
    let path: [UInt8]
    let size: Int64
    let isDirectory: Bool
}

/// Trees of paths and sizes; no file is ever made.
private struct Forest {
    var files: [String: Int64] = [:]

    init(seed: UInt64, files count: Int, bytes: Int64) {
        var random = SeededGenerator(seed: seed)
        var directories = [""]
        for index in 0..<count / 12 + 1 {
            directories.append(directories[Int(random.next() % UInt64(directories.count))] + "d\(index)/")
        }
        for index in 0..<count {
            let directory = directories[Int(random.next() % UInt64(directories.count))]
            // Sizes over five powers of two around the mean.
            let mean = max(1, bytes / Int64(count))
            files["\(directory)f\(index)"] = (mean >> 3) << Int64(random.next() % 5)
        }
    }

    var items: [Item] {
        var directories: Set<String> = [""]
        for path in files.keys {
            for end in path.indices where path[end] == "/" { directories.insert(String(path[..<end])) }
        }
        let items =
            files.map { Item(path: bytes($0.key), size: $0.value, isDirectory: false) }
            + directories.map { Item(path: bytes($0), size: 0, isDirectory: true) }
        return items.sorted { LayerPath.precedes($0.path, $1.path) }
    }

    var list: EntryList {
        var list = EntryList(mtime: 0)
        for item in items {
            list.append(
                path: item.path,
                EntryList.Fields(
                    kind: item.isDirectory ? .directory : .file, mode: 0o755,
                    stamp: FileStamp(size: item.size)))
        }
        return list
    }

    /// Each layer as what it holds.
    var layers: [[Item]] {
        let items = items
        return LayerSplit.layers(of: list).map { $0.indices.map { items[$0] } }
    }
}

@Suite struct LayerSplitTests {
    private static let shapes: [(files: Int, bytes: Int64)] = [
        (1, 10), (50, 1 << 20), (300, 70 << 20), (2_000, 400 << 20), (2_000, 3 << 30), (30, 4 << 30),
        (7, 5 << 30),
    ]

    @Test(arguments: shapes.indices)
    func putsEveryEntryInOneLayerBelowItsParents(_ shape: Int) {
        for seed in UInt64(1)...4 {
            let forest = Forest(seed: seed, files: Self.shapes[shape].files, bytes: Self.shapes[shape].bytes)
            let layers = forest.layers
            #expect(layers.count <= 12, "seed \(seed)")
            let files = layers.joined().filter { !$0.isDirectory }
            #expect(files.count == forest.files.count && Set(files).count == files.count, "seed \(seed)")
            #expect(Set(layers.joined()) == Set(forest.items), "seed \(seed)")
            for layer in layers {
                var seen: Set<[UInt8]> = []
                for (index, item) in layer.enumerated() {
                    if index > 0 { #expect(LayerPath.precedes(layer[index - 1].path, item.path)) }
                    #expect(item.path.isEmpty || seen.contains(LayerPath.parent(item.path)), "seed \(seed)")
                    if item.isDirectory { seen.insert(item.path) }
                }
            }
        }
    }

    @Test func keepsASmallStepWhole() {
        #expect(LayerSplit.layers(of: EntryList(mtime: 0)) == [])
        let list = Forest(seed: 3, files: 500, bytes: 30 << 20).list
        #expect(LayerSplit.layers(of: list).map(\.indices) == [Array(0..<list.count)])
    }

    @Test func putsBigFilesAlone() {
        var forest = Forest(seed: 5, files: 200, bytes: 40 << 20)
        for index in 0..<4 { forest.files["models/part-\(index)"] = 512 << 20 }
        let layers = forest.layers
        for index in 0..<4 {
            let name = bytes("models/part-\(index)")
            let holders = layers.filter { $0.contains { $0.path == name } }
            #expect(holders.map { $0.map(\.path) } == [[[], bytes("models"), name]])
        }
        #expect(layers.count == 4 + layers.filter { !$0.contains { $0.size >= 512 << 20 } }.count)
    }

    @Test func makesNoLayerOfDirectoriesAlone() {
        var forest = Forest(seed: 5, files: 0, bytes: 0)
        forest.files["models/large/weights"] = 512 << 20
        #expect(forest.layers == [forest.items])
    }

    @Test func spreadsALargeTree() {
        let layers = Forest(seed: 6, files: 4_000, bytes: 1 << 30).layers
        #expect(layers.count == 6)
        let sizes = layers.map { $0.reduce(0) { $0 + $1.size } }
        #expect((sizes.max() ?? 0) < (1 << 30) / 2, "\(sizes)")
    }

    /// What moves a cut moves digests, and is a new layer format version.
    @Test func theCutStaysWhatItIs() {
        var forest = Forest(seed: 11, files: 3_000, bytes: 900 << 20)
        forest.files["models/weights"] = 300 << 20
        let parts = LayerSplit.layers(of: forest.list)
        let text = parts.map { "\($0.name) \($0.indices)" }.joined(separator: "\n")
        let digest = "sha256:27ee71d88782547c81caf36f69becf5cd9d81ccd09a9b609f23a78d578877e76"
        #expect("\(Digest.of(bytes(text)))" == digest)
    }

    /// An edit that leaves the size of it all, and of its directories, in the same class touches one layer, or two
    /// when it moves a file.
    @Test func anEditTouchesOneLayer() {
        let seed: UInt64 = 9
        var random = SeededGenerator(seed: seed)
        var forest = Forest(seed: seed, files: 1_000, bytes: 700 << 20)
        var touched: [Int] = []
        for _ in 0..<40 {
            let before = forest.layers
            let names = LayerSplit.layers(of: forest.list).map(\.name)
            let paths = forest.files.keys.sorted()
            let path = paths[Int(random.next() % UInt64(paths.count))]
            switch random.next() % 4 {
            case 0: forest.files[path] = nil
            case 1: forest.files[path, default: 0] += Int64(random.next() % 5_000)
            case 2: forest.files[path + "x"] = 4_000
            default: forest.files[path + "-new/file"] = 9_000
            }
            let after = forest.layers
            #expect(Set(names).count == names.count)
            touched.append(after.filter { !before.contains($0) }.count)
        }
        #expect(touched.filter { $0 <= 1 }.count >= 37, "seed \(seed): \(touched)")
        #expect(touched.filter { $0 > 2 }.count <= 2, "seed \(seed): \(touched)")
    }
}
