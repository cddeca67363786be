import Foundation

/// One ``DockerRegistry`` for all tests of a process that keep to repositories of their own.
package enum SharedRegistry {
    private static let registry = Result {
        let registry = try DockerRegistry()
        // Nobody lets go of a static value; the process itself ends with its lifeline.
        atexit { SharedRegistry.removeFiles() }
        return registry
    }

    /// The registry, started by the first who asks.
    package static func get() throws -> DockerRegistry { try registry.get() }

    private static func removeFiles() {
        if let directory = try? registry.get().directory {
            try? FileManager.default.removeItem(atPath: directory)
        }
    }
}
