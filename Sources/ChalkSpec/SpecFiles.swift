/// What is found at a path that a spec names.
package enum SpecFileKind: Sendable, Hashable {
    /// A regular file, symbolic links followed; `executable` when its owner may execute it.
    case file(executable: Bool)
    case directory
    case missing
    /// A socket, a device, a pipe.
    case other
}

/// The only way this room sees files: whoever reads a spec hands in something that can look at them.
package protocol SpecFiles: Sendable {
    /// What is at the absolute `path`, symbolic links followed. Throws only when that cannot be told.
    func kind(of path: String) throws -> SpecFileKind

    /// The whole file at the absolute `path`. Throws when it is missing, unreadable, or longer than `limit` bytes.
    func read(_ path: String, limit: Int) throws -> [UInt8]
}

/// Where relative paths of a spec start, and who reads the files there.
package struct SpecLocation: Sendable {
    /// Absolute host path of a directory: that of the spec file, or the working directory for calls in code.
    package let directory: String
    package let files: any SpecFiles

    package init(directory: String, files: any SpecFiles) {
        self.directory = directory
        self.files = files
    }

    /// `path` made absolute against `directory`; `.` and repeated slashes go, `..` stays (a link may precede it).
    package func absolute(_ path: String) -> String {
        LocalPath.joined(directory, path)
    }

    /// What is at `path`, with failures told as errors of the spec.
    func kind(of path: String) throws(SpecError) -> SpecFileKind {
        do {
            return try files.kind(of: path)
        } catch {
            throw SpecError(.unreadable, at: "", "cannot look at \(quoted(path)): \(error)")
        }
    }

    /// The file at `path`, with failures told as errors of the spec.
    func read(_ path: String, limit: Int) throws(SpecError) -> [UInt8] {
        switch try kind(of: path) {
        case .missing: throw SpecError(.unreadable, at: "", "there is no file \(quoted(path))")
        case .directory: throw SpecError(.unreadable, at: "", "\(quoted(path)) is a directory, not a file")
        case .other: throw SpecError(.unreadable, at: "", "\(quoted(path)) is not a regular file")
        case .file: break
        }
        do {
            return try files.read(path, limit: limit)
        } catch {
            throw SpecError(.unreadable, at: "", "cannot read \(quoted(path)): \(error)")
        }
    }
}

/// Text arithmetic on absolute host paths.
enum LocalPath {
    /// `path` seen from `directory`, without `.` components and repeated slashes.
    static func joined(_ directory: String, _ path: String) -> String {
        let whole = path.utf8.first == UInt8(ascii: "/") ? path : directory + "/" + path
        let parts = whole.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        return "/" + parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    /// `path` below a directory that is in the one spelling.
    static func child(_ path: String, of directory: String) -> String {
        directory == "/" ? "/" + path : directory + "/" + path
    }

    /// The directory that holds `path`.
    static func parent(of path: String) -> String {
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).dropLast()
        return "/" + parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    /// `path` as written from inside `directory`, or nil when it does not lie below it.
    static func relative(_ path: String, to directory: String) -> String? {
        let prefix = Array((directory == "/" ? "/" : directory + "/").utf8)
        let bytes = Array(path.utf8)
        guard bytes.count > prefix.count, bytes.starts(with: prefix) else { return nil }
        return String(decoding: bytes[prefix.count...], as: UTF8.self)
    }
}
