package import ChalkSystem

/// Opens the files of a context by their paths from the root, following no link on the way.
///
/// Directories on the way to the last file stay open, so files taken in the order of a walk cost about one
/// call each. Not for two threads at once; make one a thread.
package struct ContextReader: ~Copyable {
    private struct Step {
        let directory: OpenDirectory
        /// Length of its path.
        let length: Int
    }

    /// Directories that are kept open.
    private static let mostOpen = 64

    /// In parts of this size a hole is worth looking for.
    private static let smallestHole = 64 << 10

    private let root: OpenDirectory
    private var steps: [Step] = []
    private var path: [UInt8] = []

    private init(root: OpenDirectory) {
        self.root = root
    }

    /// A reader for what is below `root`, which may be closed afterwards.
    package static func open(_ root: borrowing FileDescriptor) throws(ContextError) -> ContextReader {
        do {
            return ContextReader(root: OpenDirectory(try root.open(".", [.readOnly, .directory])))
        } catch {
            throw .system("open", [], error)
        }
    }

    /// Opens a regular file for reading.
    ///
    /// - Throws: ``ContextError``: `vanished` when there is no such file any more, `changed` when it is none,
    ///   `path` for a path that could not have come from a walk.
    package mutating func open(_ file: [UInt8]) throws(ContextError) -> FileDescriptor {
        let descriptor = try descriptor(file)
        do {
            guard try descriptor.status().kind == .file else {
                throw ContextError.changed(file, "it is no longer a file")
            }
        } catch let error as SystemError {
            throw .system("look at", file, error)
        } catch let error as ContextError {
            throw error
        } catch {
            throw ContextError(.system, "cannot open \(ContextError.show(file)): \(error)")
        }
        return descriptor
    }

    private mutating func descriptor(_ file: [UInt8]) throws(ContextError) -> FileDescriptor {
        let slash = file.lastIndex(of: UInt8(ascii: "/"))
        let name = Array(file[(slash.map { $0 + 1 } ?? 0)...])
        guard ContextReader.isSound(file) else {
            throw ContextError(
                .path,
                "cannot open \(ContextError.show(file)) in the context: it is not a path below its root")
        }
        do {
            let directory = try self.directory(slash.map { Array(file[..<$0]) } ?? [])
            return try directory.descriptor.open(name, [.readOnly, .noFollow, .nonBlocking])
        } catch {
            if error.isNotFound { throw .vanished(file) }
            if error.isLinkRefused { throw .changed(file, "it has become a link") }
            throw .system("open", file, error)
        }
    }

    /// Reads a part of a file's content.
    ///
    /// - Parameters:
    ///   - offset: where the part starts in the file; bytes.
    ///   - count: how many bytes of it are wanted; there may be fewer.
    ///   - position: where the part goes in `buffer`.
    /// - Returns: how many bytes there were, and what the file was after the reading.
    /// - Throws: ``ContextError`` as ``open(_:)``.
    package mutating func read(
        _ path: [UInt8], at offset: Int64, count: Int, into buffer: inout [UInt8], at position: Int
    ) throws(ContextError) -> (count: Int, status: FileStatus) {
        let file = try descriptor(path)
        do {
            let done =
                count < ContextReader.smallestHole
                ? try file.readAll(into: &buffer, offset: position, count: count, at: offset)
                : try file.readSparse(into: &buffer, offset: position, count: count, at: offset)
            let status = try file.status()
            guard status.kind == .file else { throw ContextError.changed(path, "it is no longer a file") }
            return (done, status)
        } catch let error as SystemError {
            throw .system("read", path, error)
        } catch let error as ContextError {
            throw error
        } catch {
            throw ContextError(.system, "cannot read \(ContextError.show(path)): \(error)")
        }
    }

    private static func isSound(_ path: [UInt8]) -> Bool {
        path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && ($0.count > 2 || $0.contains { $0 != UInt8(ascii: ".") })
        }
    }

    /// Opens a directory by its path; empty for the root.
    mutating func directory(_ wanted: [UInt8]) throws(SystemError) -> OpenDirectory {
        var common = 0
        while common < min(path.count, wanted.count), path[common] == wanted[common] { common += 1 }
        while let length = steps.last?.length,
            length > common || (length < wanted.count && wanted[length] != UInt8(ascii: "/"))
        {
            steps.removeLast()
        }
        path = wanted
        var current = steps.last?.directory ?? root
        var at = steps.last?.length ?? 0
        while at < wanted.count {
            let start = at == 0 ? 0 : at + 1
            let end = wanted[start...].firstIndex(of: UInt8(ascii: "/")) ?? wanted.count
            current = OpenDirectory(
                try current.descriptor.open(Array(wanted[start..<end]), [.readOnly, .directory, .noFollow]))
            if steps.count == ContextReader.mostOpen { thinOut() }
            steps.append(Step(directory: current, length: end))
            at = end
        }
        return current
    }

    /// Closes every second directory of the upper half. Far down the neighbours stay open, and towards the root
    /// ever fewer, so that the way back up costs little as well.
    private mutating func thinOut() {
        let half = steps.count / 2
        steps = stride(from: 0, to: half, by: 2).map { steps[$0] } + steps[half...]
    }
}
