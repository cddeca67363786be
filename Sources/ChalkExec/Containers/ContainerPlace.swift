package import ChalkOCI
package import ChalkSystem

/// Where a running container is found by other processes of this machine.
package struct ContainerPlace: Hashable, Sendable {
    /// The worker's inner process, in whose namespaces the runtime's state and the container's root are.
    package let inner: ProcessMark
    /// The path of its ``WorkPlace``.
    package let path: String
    /// The path of the OCI runtime that started it.
    package let runtime: String

    /// A place from its parts.
    package init(inner: ProcessMark, path: String, runtime: String) {
        self.inner = inner
        self.path = path
        self.runtime = runtime
    }

    var bundle: String { path + "/bundle" }

    /// Moves this process into the namespaces there; its next child is in the process namespace.
    func enter() throws {
        // Asked before: inside, everybody is root.
        let isRootless = WorkerLauncher.isRootless
        do {
            let namespaces = try FileDescriptor.directory("/proc/\(inner.id)/ns")
            guard ProcessMark(of: inner.id) == inner else {
                throw SystemError(code: 3, operation: "find its process")
            }
            try Namespaces.enter(namespaces)
            if isRootless { try Namespaces.becomeRoot() }
        } catch {
            throw ExecError(.containerEnded, "cannot enter the container: \(error)")
        }
    }
}

extension ContainerPlace {
    /// For state that is kept and for the worker.
    package var json: JSON {
        .object([
            .init("inner", inner.json), .init("path", .string(path)), .init("runtime", .string(runtime)),
        ])
    }

    /// A place that ``json`` was made of.
    package init(json: JSON) throws {
        self.init(
            inner: try ProcessMark(json: try json.field("inner")), path: try json.field("path").asString(),
            runtime: try json.field("runtime").asString())
    }
}

extension ProcessMark {
    /// For state that is kept.
    package var json: JSON {
        .object([.init("id", .integer(Int64(id))), .init("start", .integer(start))])
    }

    /// A mark that ``json`` was made of.
    package init(json: JSON) throws {
        guard let id = Int32(exactly: try json.field("id").asInteger()) else {
            throw ExecError.badMessage("a process")
        }
        self.init(id: id, start: try json.field("start").asInteger())
    }
}
