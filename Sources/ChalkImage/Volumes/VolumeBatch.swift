internal import ChalkStore
package import ChalkSystem

/// Changes of a volume that are made together (``Volume/batchUpload(ifMatch:_:)``), one after the other.
public struct VolumeBatch {
    /// A change that was said.
    struct Change {
        enum Action {
            case bytes([UInt8])
            case stream(any ByteSource)
            case host(String)
            case remove(isRecursive: Bool)
        }

        let path: [UInt8]
        let action: Action
    }

    private(set) var changes: [Change] = []

    /// Puts a file.
    public mutating func putFile(_ path: String, _ content: [UInt8]) { add(path, .bytes(content)) }

    /// Puts a file of some text.
    public mutating func putFile(_ path: String, _ text: String) { add(path, .bytes(Array(text.utf8))) }

    /// Puts a copy of a file or directory of the host, read when the batch is made.
    public mutating func putFile(_ path: String, fromPath source: String) { add(path, .host(source)) }

    /// The same as ``putFile(_:_:)-(String,[UInt8])``.
    public mutating func put(_ path: String, _ content: [UInt8]) { putFile(path, content) }

    /// The same as ``putFile(_:_:)-(String,String)``.
    public mutating func put(_ path: String, _ text: String) { putFile(path, text) }

    /// Removes a file or link, or also a directory with all below it.
    public mutating func removeFile(_ path: String, recursive: Bool = false) {
        add(path, .remove(isRecursive: recursive))
    }

    /// Puts what a source gives.
    package mutating func putFile(_ path: [UInt8], from source: any ByteSource) {
        changes.append(Change(path: path, action: .stream(source)))
    }

    /// The same for paths that need not be UTF-8.
    package mutating func putFile(_ path: [UInt8], fromPath source: String) {
        changes.append(Change(path: path, action: .host(source)))
    }

    /// The same for paths that need not be UTF-8.
    package mutating func removeFile(_ path: [UInt8], recursive: Bool) {
        changes.append(Change(path: path, action: .remove(isRecursive: recursive)))
    }

    private mutating func add(_ path: String, _ action: Change.Action) {
        changes.append(Change(path: Array(path.utf8), action: action))
    }
}

extension VolumeBatch.Change {
    /// The change in the words of the store, its files taken in.
    func edit(_ intake: Volumes.Intake) throws -> VolumeEdit {
        let place = try VolumePath(path)
        switch action {
        case .bytes(let content): return .put(place, try intake.file(MemorySource(content)))
        case .stream(let source): return .put(place, try intake.file(source))
        case .remove(let isRecursive): return .remove(place, isRecursive: isRecursive)
        case .host(let path):
            guard let status = try FileSystem.statusIfPresent(path) else {
                throw ChalkError(.notFound, "\(path) cannot be put into a volume: there is no such file")
            }
            switch status.kind {
            case .directory: return .merge(place, try intake.tree(FileDescriptor.directory(path)))
            case .file: return .put(place, try intake.file(FileDescriptor.open(path), path: path))
            default:
                throw ChalkError(
                    .invalidInput,
                    "\(path) is a \(status.kind) and cannot be put into a volume; name a file or directory")
            }
        }
    }
}
