/// The name of an image: registry, repository, and a tag or digest (distribution-spec, pulling manifests).
///
/// Short names mean Docker Hub, as everywhere: `python:3.12` is `docker.io/library/python:3.12`.
public struct Reference: Hashable, Sendable, CustomStringConvertible {
    /// Host and perhaps port: `docker.io`, `localhost:5000`.
    public let registry: String
    /// Path below the registry: `library/python`.
    public let repository: String
    /// Nil when only a digest was given.
    public let tag: String?
    /// Nil when only a tag was given or neither.
    public let digest: Digest?

    /// A reference from its parts, which are not checked.
    package init(registry: String, repository: String, tag: String?, digest: Digest?) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// Parses a reference.
    ///
    /// - Throws: an error whose sentence says which part is wrong.
    public init(_ text: String) throws {
        try self.init(parsing: text)
    }

    package init(parsing text: String) throws(OCIError) {
        func wrong(_ why: String) -> OCIError {
            OCIError(.invalidReference, "\"\(text)\" is not an image reference: \(why)")
        }
        if text.isEmpty { throw wrong("it is empty") }
        if text.utf8.count > 1024 { throw OCIError(.invalidReference, "an image reference is too long") }
        var rest = text[...]
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            guard let parsed = Digest(String(rest[rest.index(after: at)...])) else {
                throw wrong("after @ there must be sha256: and 64 lower-case hexadecimal digits")
            }
            digest = parsed
            rest = rest[..<at]
        }
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        if let tag, !Reference.isTag(tag) {
            throw wrong("a tag has 1 to 128 letters, digits, _ . or -, and starts with none of . and -")
        }
        var registry = "docker.io"
        var repository = String(rest)
        if let slash = rest.firstIndex(of: "/") {
            let host = rest[..<slash]
            if host.contains(".") || host.contains(":") || host == "localhost"
                || host.contains(where: \.isUppercase)
            {
                registry = String(host)
                repository = String(rest[rest.index(after: slash)...])
            }
        }
        if registry == "index.docker.io" { registry = "docker.io" }
        if !Reference.isHost(registry) { throw wrong("\"\(registry)\" is not a host name") }
        if registry == "docker.io", !repository.contains("/") { repository = "library/" + repository }
        if let why = Reference.fault(inRepository: repository) { throw wrong(why) }
        self.init(registry: registry, repository: repository, tag: tag, digest: digest)
    }

    /// The reference with `latest` where neither tag nor digest was given.
    package var withDefaultTag: Reference {
        guard tag == nil, digest == nil else { return self }
        return Reference(registry: registry, repository: repository, tag: "latest", digest: nil)
    }

    /// `registry/repository`, without tag or digest.
    public var name: String { "\(registry)/\(repository)" }

    /// The whole reference, nothing left out.
    public var description: String {
        var text = name
        if let tag { text += ":\(tag)" }
        if let digest { text += "@\(digest)" }
        return text
    }

    private static func isTag(_ text: String) -> Bool {
        guard (1...128).contains(text.utf8.count), let first = text.utf8.first else { return false }
        func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
        return isWord(first)
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                isAlphanumeric($0) || [0x2E, 0x2D, 0x3A, 0x5B, 0x5D].contains($0)
            }
    }

    private static func fault(inRepository text: String) -> String? {
        if text.isEmpty { return "the repository is missing" }
        if text.utf8.count > 255 { return "the repository is longer than 255 bytes" }
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            if part.contains(where: \.isUppercase) { return "the repository must be lower case" }
            if !isPathComponent(part) { return "\"\(part)\" cannot be part of a repository" }
        }
        return nil
    }

    /// Lower-case letters and digits, joined by `.`, one or two `_`, or any number of `-`.
    private static func isPathComponent(_ part: Substring) -> Bool {
        var separator = ""
        var sawWord = false
        for character in part {
            if character.isASCII, character.isLowercase || character.isNumber {
                guard sawWord || separator.isEmpty else { return false }
                guard ["", ".", "_", "__"].contains(separator) || separator.allSatisfy({ $0 == "-" }) else {
                    return false
                }
                separator = ""
                sawWord = true
            } else {
                separator.append(character)
            }
        }
        return sawWord && separator.isEmpty
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
