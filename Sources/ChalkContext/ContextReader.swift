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
        let slash = file.lastIndex(of: UInt8(ascii: "/"))
        let name = Array(file[(slash.map { $0 + 1 } ?? 0)...])
        guard ContextReader.isSound(file) else {
            throw ContextError(
                .path,
                "cannot open \(ContextError.show(file)) in the context: it is not a path below its root")
        }
        do {
            let directory = try self.directory(slash.map { Array(file[..<$0]) } ?? [])
            let descriptor = try directory.descriptor.open(name, [.readOnly, .noFollow, .nonBlocking])
            guard try descriptor.status().kind == .file else {
                throw ContextError.changed(file, "it is no longer a file")
            }
            return descriptor
        } catch let error as SystemError {
            if error.isNotFound { throw .vanished(file) }
            if error.isLinkRefused { throw .changed(file, "it has become a link") }
            throw .system("open", file, error)
        } catch let error as ContextError {
            throw error
        } catch {
            throw ContextError(.system, "cannot open \(ContextError.show(file)): \(error)")
        }
    }

    private static func isSound(_ path: [UInt8]) -> Bool {
        path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
        }
    }

    private mutating func directory(_ wanted: [UInt8]) throws(SystemError) -> OpenDirectory {
        while let last = steps.last, !ContextReader.isInside(wanted, path[..<last.length]) {
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
            // Far down only the deepest one is kept, since its neighbours are what comes next.
            if steps.count == ContextReader.mostOpen { steps.removeLast() }
            steps.append(Step(directory: current, length: end))
            at = end
        }
        return current
    }

    private static func isInside(_ path: [UInt8], _ directory: ArraySlice<UInt8>) -> Bool {
        path.starts(with: directory)
            && (path.count == directory.count || path[directory.count] == UInt8(ascii: "/"))
    }
}
