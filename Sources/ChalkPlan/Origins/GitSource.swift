/// A commit of a git repository, or a directory in it, as ADD and `--build-context` name it.
package struct GitSource: Hashable, Sendable, CustomStringConvertible {
    /// What `git` is given: a URL or `user@host:path`.
    package let remote: String
    /// A branch, tag, whole ref or commit; nil for the default branch.
    package private(set) var reference: String?
    /// Relative, without `.` and `..`; nil for all of it.
    package private(set) var subdirectory: String?
    /// What the commit's name must begin with.
    package private(set) var checksum: String?
    /// Whether `.git` comes along.
    package private(set) var keepsGitDirectory: Bool?
    /// Whether submodules are checked out.
    package private(set) var takesSubmodules = true

    /// Why an address is that of a repository, but none that can be used.
    package struct Malformed: Error, Hashable, Sendable {
        /// One sentence without a place.
        package let reason: String
    }

    /// Reads `https://host/path.git`, `ssh://…`, `git://…` or `user@host:path`, each with `?name=value&…` and
    /// `#reference:directory` after it; nil for what is no repository.
    package init?(_ text: String) throws(Malformed) {
        guard let parts = GitAddress(text) else { return nil }
        remote = parts.remote
        if remote.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) || remote.hasPrefix("-") {
            throw Malformed(
                reason: "the address of the repository holds a control character or begins with -")
        }
        if let fragment = parts.fragment {
            let colon = fragment.firstIndex(of: ":") ?? fragment.endIndex
            let name = String(fragment[..<colon])
            reference = name.isEmpty ? nil : name
            subdirectory = GitSource.directory(String(fragment[colon...].dropFirst()))
        }
        try take(parts.query)
        if let name = reference,
            name.hasPrefix("-") || name.contains("..") || name.contains(where: \.isWhitespace)
                || name.utf8.contains(where: { $0 < 0x21 || $0 == 0x7F || "~^:?*[\\".utf8.contains($0) })
        {
            throw Malformed(reason: "\"\(name)\" cannot name a branch, tag or commit")
        }
        if let checksum, !GitSource.isHexadecimal(checksum) {
            throw Malformed(
                reason: "\"\(checksum)\" cannot begin the name of a commit; write hexadecimal digits")
        }
    }

    /// The address without its options and credentials, and what is taken of it.
    package var description: String {
        let names = (reference ?? "") + (subdirectory.map { ":\($0)" } ?? "")
        return shownRemote + (names.isEmpty ? "" : "#\(names)")
    }

    /// The remote without user and password.
    package var shownRemote: String {
        guard let slash = remote.firstIndex(of: "/"), remote[..<slash].hasSuffix(":") else { return remote }
        let head = remote[..<slash] + "//"
        let rest = remote[slash...].dropFirst(2)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: "@") else { return remote }
        return String(head + rest[rest.index(after: at)...])
    }

    /// Whether a text is the whole name of a commit.
    package static func isCommit(_ text: String) -> Bool {
        [40, 64].contains(text.utf8.count) && isHexadecimal(text)
    }

    /// The source with what `--checksum` and `--keep-git-dir` say as well.
    package func with(
        checksum: String?, keepsGitDirectory: Bool?
    ) throws(Malformed) -> GitSource {
        var source = self
        if let checksum {
            guard GitSource.isHexadecimal(checksum) else {
                throw Malformed(
                    reason:
                        "--checksum of a repository is a commit in hexadecimal digits, not \"\(checksum)\"")
            }
            if let own = source.checksum, own != checksum.lowercased() {
                throw Malformed(reason: "--checksum=\(checksum) contradicts checksum=\(own) in the address")
            }
            source.checksum = checksum.lowercased()
        }
        if let keepsGitDirectory {
            if let own = source.keepsGitDirectory, own != keepsGitDirectory {
                throw Malformed(reason: "--keep-git-dir contradicts keep-git-dir in the address")
            }
            source.keepsGitDirectory = keepsGitDirectory
        }
        return source
    }

    private mutating func take(_ query: [(name: String, value: String?)]) throws(Malformed) {
        var seen: Set<String> = []
        for (name, given) in query {
            guard seen.insert(name).inserted else {
                throw Malformed(reason: "\(name) stands twice in the address of the repository")
            }
            let value = given.flatMap { $0.isEmpty ? nil : $0 }
            switch name {
            case "ref": try set(reference: value, name)
            case "tag": try set(reference: value, name, below: "refs/tags/")
            case "branch": try set(reference: value, name, below: "refs/heads/")
            case "subdir":
                let directory = GitSource.directory(try required(value, name))
                if let own = subdirectory, own != directory {
                    throw Malformed(
                        reason: "the address names two directories, \(own) and \(directory ?? "/")")
                }
                subdirectory = directory
            case "checksum", "commit": checksum = try required(value, name).lowercased()
            case "keep-git-dir": keepsGitDirectory = try flag(value, name)
            case "submodules": takesSubmodules = try flag(value, name)
            case "fetch-by-commit":
                // The commit is what is asked for in any case once it is known.
                if try flag(value, name), checksum == nil,
                    !query.contains(where: { ["checksum", "commit"].contains($0.name) })
                {
                    throw Malformed(reason: "fetch-by-commit needs the commit: add &commit=…")
                }
            case "mtime":
                guard ["checkout", "commit"].contains(try required(value, name)) else {
                    throw Malformed(reason: "mtime is checkout or commit, not \"\(value ?? "")\"")
                }
            default:
                throw Malformed(
                    reason:
                        "\(name) is no option of a repository; there are ref, tag, branch, subdir, checksum, "
                        + "commit, keep-git-dir, submodules, fetch-by-commit and mtime")
            }
        }
    }

    private mutating func set(
        reference value: String?, _ name: String, below prefix: String = ""
    ) throws(Malformed) {
        var wanted = try required(value, name)
        if !wanted.hasPrefix(prefix) { wanted = prefix + wanted }
        if let own = reference, own != wanted {
            throw Malformed(reason: "the address names two commits, \(own) and \(wanted)")
        }
        reference = wanted
    }

    private func required(_ value: String?, _ name: String) throws(Malformed) -> String {
        guard let value else {
            throw Malformed(reason: "\(name) needs a value in the address of a repository")
        }
        return value
    }

    private func flag(_ value: String?, _ name: String) throws(Malformed) -> Bool {
        switch value {
        case nil, "1"?, "t"?, "T"?, "true"?, "TRUE"?, "True"?: return true
        case "0"?, "f"?, "F"?, "false"?, "FALSE"?, "False"?: return false
        case let other?: throw Malformed(reason: "\(name) is true or false, not \"\(other)\"")
        }
    }

    private static func directory(_ text: String) -> String? {
        let path = String(ImageTreePath.normalized(text).dropFirst())
        return path.isEmpty ? nil : path
    }

    private static func isHexadecimal(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0)
            }
    }
}
