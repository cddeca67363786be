import ChalkOCI
import ChalkStore
import ChalkSystem
import Foundation
import Testing

/// A store with one volume, `data`; by its clock, every file is old.
struct VolumeLab {
    let path: String
    let store: ContentStore
    let name: VolumeName

    /// A volume with some files.
    init(
        _ path: String, _ files: [String: String] = [:],
        clock: @escaping @Sendable () -> Int64 = { 1 << 40 }
    ) throws {
        self.path = path
        store = try ContentStore.open(at: path + "/store", create: true, clock: clock)
        name = try VolumeName("data")
        try store.volumes.create(name)
        if !files.isEmpty { try put(files) }
    }

    @discardableResult
    func put(_ files: [String: String], ifMatch: Digest? = nil) throws -> Digest {
        try store.volumes.change(name, origin: "put", ifMatch: ifMatch) { intake in
            try files.sorted { $0.key < $1.key }.map {
                .put(try VolumePath($0.key), try intake.file(MemorySource(Array($0.value.utf8))))
            }
        }
    }

    @discardableResult
    func remove(_ path: String, recursive: Bool = false) throws -> Digest {
        try store.volumes.change(name, origin: "rm") { _ in
            [.remove(try VolumePath(path), isRecursive: recursive)]
        }
    }

    /// All files of the newest version, or another, with their contents.
    func files(_ version: StoredVersion? = nil) throws -> [String: String] {
        let version = try version ?? store.volumes.version(name, nil)
        var files: [String: String] = [:]
        for item in try store.volumes.items(below: version.tree, at: VolumePath(""), recursive: true) {
            switch item.node {
            case .file(let file):
                let sink = MemorySink()
                try store.volumes.read(file, into: sink)
                files[item.path.display] = String(decoding: sink.bytes, as: UTF8.self)
            case .link(let target): files[item.path.display] = "-> \(target.display)"
            case .directory: break
            }
        }
        return files
    }

    var live: String { "\(store.path)/chalk/volumes/data/live" }
    var head: Digest { get throws { try store.volumes.version(name, nil).tree.digest } }
}

/// Runs `body` with a store that has one volume.
func withVolume(_ files: [String: String] = [:], _ body: (VolumeLab) throws -> Void) throws {
    try withSandbox { try body(try VolumeLab($0, files)) }
}
