package import ChalkSystem

/// Why a step could not be run, a layer not be unpacked, or a worker not be had.
package struct ExecError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package enum Code: String, Hashable, Sendable {
        /// The request says something that cannot be done.
        case invalidRequest
        /// The machine does not let this user make namespaces.
        case noNamespaces
        /// /etc/subuid or /etc/subgid gives the user no ids.
        case noSubordinateIDs
        /// A program that is needed is not installed.
        case missingTool
        /// The OCI runtime did not start the step.
        case runtimeFailed
        /// A mount that the step needs failed.
        case mountFailed
        /// The user or group is not in the root file system.
        case unknownUser
        /// A layer's content has another diffID than it should.
        case layerMismatch
        /// Unpacking or writing a layer failed.
        case layerFailed
        /// The worker process ended without an answer.
        case workerDied
        /// The program is not in the root file system.
        case programMissing
        /// The program cannot be executed.
        case programRefused
        /// The container does not run any more.
        case containerEnded
        /// A system call failed.
        case system
    }

    /// What is wrong.
    package let code: Code
    /// One lower-case sentence.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// A failed system call, in this room's words.
    package init(_ error: SystemError, doing what: String) {
        self.init(.system, "cannot \(what): \(error)")
    }

    /// Any error in this room's words; one of its own stays as it is.
    package static func wrapping(_ error: any Error, _ code: Code, doing what: String) -> ExecError {
        (error as? ExecError) ?? ExecError(code, "cannot \(what): \(error)")
    }
}
