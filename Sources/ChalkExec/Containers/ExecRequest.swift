internal import ChalkOCI

/// One more process for a container that runs.
package struct ExecRequest: Hashable, Sendable {
    /// Program and arguments; never empty.
    package var arguments: [String]
    /// `NAME=value`, over the container's variables.
    package var environment: [String] = []
    /// Nil for the container's.
    package var workingDirectory: String?
    /// `user[:group]`, names or numbers; nil for the container's.
    package var user: String?
    /// Whether it gets a terminal, which is this process' own.
    package var terminal = false
    /// Whether nobody waits for its end.
    package var isDetached = false

    /// A process with some arguments.
    package init(arguments: [String]) {
        self.arguments = arguments
    }
}

extension ExecRequest {
    var json: JSON {
        .object(present: [
            ("arguments", .strings(arguments)), ("environment", .strings(environment)),
            ("workingDirectory", workingDirectory.map { .string($0) }), ("user", user.map { .string($0) }),
            ("terminal", .bool(terminal)), ("isDetached", .bool(isDetached)),
        ])
    }

    init(json: JSON) throws {
        self.init(arguments: try json.field("arguments").asStrings())
        environment = try json.field("environment").asStrings()
        workingDirectory = json["workingDirectory"]?.string
        user = json["user"]?.string
        terminal = json["terminal"]?.bool ?? false
        isDetached = json["isDetached"]?.bool ?? false
    }
}
