import ChalkOCI
import ChalkSystem
import Foundation
import Synchronization
import Testing

@testable import ChalkArchive

extension LayerCompression {
    static let defaultEstargz = LayerCompression.estargz(level: 5)
}

/// A sink in memory that digests as a store's ingest does.
final class MemoryLayer: LayerSink {
    private(set) var bytes: [UInt8] = []
    private var hasher = SHA256Hasher()
    /// Bytes that were taken over without being handed in.
    private(set) var begun: Int64 = 0

    func write(_ bytes: ArraySlice<UInt8>) {
        self.bytes += bytes
        hasher.update(bytes)
    }

    func begin(with count: Int64, of file: borrowing FileDescriptor, digest: SHA256Hasher) throws {
        bytes = [UInt8](repeating: 0, count: Int(count))
        #expect(try file.read(into: &bytes, at: 0) == Int(count))
        hasher = digest
        begun = count
    }

    var digestState: [UInt8] { hasher.state }
    var digest: Digest { hasher.finish() }
}

/// Contents by path, and what was read of them.
final class Contents: Sendable {
    let files: [String: [UInt8]]
    let reads = Mutex<[String]>([])

    init(_ files: [String: [UInt8]]) { self.files = files }

    /// The entries; of files whose `states` differ the stamps do.
    func list(_ states: [String: Int64] = [:]) -> EntryList {
        var list = EntryList(mtime: 315_532_800)
        for path in files.keys.sorted(by: { LayerPath.precedes(bytes($0), bytes($1)) }) {
            list.append(
                path: bytes(path),
                EntryList.Fields(
                    kind: .file, mode: 0o644,
                    stamp: FileStamp(
                        inode: 7, size: Int64(files[path]?.count ?? 0),
                        modified: .init(seconds: states[path] ?? 1))))
        }
        return list
    }

    func composer(
        _ compression: LayerCompression, _ states: [String: Int64] = [:], rule: SegmentPlan.Rule = .tiny
    ) throws -> LayerComposer {
        let list = list(states)
        return try LayerComposer(
            list, compression: compression, key: [UInt8](repeating: 3, count: 16), rule: rule, width: 2
        ) { Reader(self, list) }
    }

    func reader(_ list: EntryList) -> any ContentReader { Reader(self, list) }

    private final class Reader: ContentReader {
        let contents: Contents
        let list: EntryList

        init(_ contents: Contents, _ list: EntryList) {
            self.contents = contents
            self.list = list
        }

        func read(
            _ entry: Int, at offset: Int64, count: Int, into buffer: inout [UInt8], at position: Int
        ) throws -> Bool {
            let path = String(decoding: list.path(entry), as: UTF8.self)
            contents.reads.withLock { $0.append(path) }
            let content = contents.files[path] ?? []
            buffer.replaceSubrange(
                position..<position + count, with: content[Int(offset)..<Int(offset) + count])
            return true
        }
    }
}

/// A layer that was made, as a store would know it.
struct Made {
    let composed: ComposedLayer<MemoryLayer>
    let blob: [UInt8]
    let sighting: Sighting

    init(_ composer: LayerComposer) throws {
        composed = try composer.compose { MemoryLayer() }
        blob = composed.sink?.bytes ?? []
        sighting = Sighting(
            diffID: composed.diffID, plainID: composed.plainID, blob: Digest.of(blob),
            fingerprints: composed.fingerprints)
    }

    func known(in scratch: String, damaging byte: Int? = nil) throws -> KnownLayer {
        var bytes = blob
        if let byte { bytes[byte] ^= 1 }
        try write(bytes, to: scratch + "/known")
        let known = KnownLayer(
            ledger: composed.ledger?.bytes ?? [], table: { _ in composed.table.bytes },
            blob: try FileDescriptor.open(scratch + "/known"))
        return try #require(known)
    }
}
