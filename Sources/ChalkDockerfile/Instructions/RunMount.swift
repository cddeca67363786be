/// One `--mount` of RUN, checked.
package struct RunMount: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable { case bind, cache, tmpfs, secret, ssh }
    package enum Sharing: String, Sendable, CaseIterable { case shared, `private`, locked }

    package var kind = Kind.bind
    /// A stage, named context or image; nil is the build context for `bind`, nothing for `cache`.
    package var from: String?
    package var source: String?
    /// As written; a relative one is below the working directory. Nil where not said.
    package var target: String?
    /// Said, or the default: true for bind, secret and ssh.
    package var isReadOnly = true
    /// Bytes, for `tmpfs`; 0 is no limit.
    package var sizeLimit: Int64 = 0
    /// For `cache`, `secret`, `ssh`; see `cacheID`, `secretID`, `sshID`.
    package var id: String?
    package var sharing: Sharing?
    /// For `secret` and `ssh`: whether its absence fails the step.
    package var isRequired = false
    /// For `secret`: the variable that gets it.
    package var environmentName: String?
    package var mode: UInt32?
    package var uid: UInt32?
    package var gid: UInt32?

    package init(kind: Kind = .bind) {
        self.kind = kind
        isReadOnly = kind != .cache && kind != .tmpfs
    }

    /// Which secret: `id`, or `source`, or the last part of the target.
    package var secretID: String {
        source ?? id ?? Self.lastPart(target ?? "")
    }

    /// Where the secret's file goes; nil when it goes to a variable only.
    package var secretTarget: String? {
        if let target { return target }
        return environmentName == nil ? "/run/secrets/" + Self.lastPart(secretID) : nil
    }

    /// Which agent: `id`, or `default`.
    package var sshID: String { id ?? "default" }

    private static func lastPart(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}

/// A `--mount` as written, and as checked once no variable is left in it.
package struct RunMountFlag: Sendable, Equatable {
    /// The flag's value as written.
    package var text: String
    /// The stage, named context or image that it needs: never a variable, so known before expansion.
    package var from: String?
    /// Nil while the text holds variables.
    package var mount: RunMount?

    package init(_ mount: RunMount, text: String) {
        self.text = text
        self.mount = mount
        from = mount.from
    }

    init(_ text: String, escape: EscapeCharacter) throws(DockerfileError) {
        self.text = text
        from = try RunMountOptions.stage(in: text)
        if !text.utf8.contains(UInt8(ascii: "$")) {
            let expander = WordExpander(lexer: WordLexer(escape: escape), lookup: { _ in nil })
            let mount = try RunMountOptions.parse(text, expander)
            self.mount = mount
            from = mount.from
        }
    }

    func expanding(_ expander: WordExpander) throws(DockerfileError) -> RunMountFlag {
        mount == nil ? RunMountFlag(try RunMountOptions.parse(text, expander), text: text) : self
    }
}

/// One `--device` of RUN (a CDI device name).
package struct RunDevice: Sendable, Equatable {
    package var name: String
    package var isRequired = false

    init(_ text: String) throws(DockerfileError) {
        var name: String?
        for field in try CommaFields.cut(text, flag: "--device") {
            let (key, value) = CommaFields.option(field)
            switch key {
            case "required" where value == nil: isRequired = true
            case "required":
                guard let required = CommaFields.bool(value ?? "") else {
                    throw DockerfileError(.flag, "required of --device must be true or false")
                }
                isRequired = required
            case "name" where value != nil && name == nil: name = value
            case _ where name == nil: name = field
            default:
                throw DockerfileError(.flag, "--device has no option \"\(field)\"; it has name and required")
            }
        }
        guard let name, !name.isEmpty else { throw DockerfileError(.flag, "--device needs a name") }
        self.name = name
    }
}
