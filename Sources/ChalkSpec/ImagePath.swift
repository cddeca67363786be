/// Absolute paths inside an image, in one spelling: no repeated or trailing slashes, no `.`; `..` is refused.
package enum ImagePath {
    /// The one spelling of a directory in the image. `/` is allowed.
    static func directory(_ path: String, at field: String) throws(SpecError) -> String {
        guard !path.isEmpty else {
            throw SpecError(.invalid, at: field, "is empty; give an absolute path in the image")
        }
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw SpecError(
                .invalid, at: field,
                "\(quoted(path)) is not absolute; a path in the image starts with \"/\"")
        }
        guard !path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw SpecError(.invalid, at: field, "\(quoted(path)) holds a control character")
        }
        var parts: [String] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(".".utf8) { continue }
            guard !part.elementsEqual("..".utf8) else {
                throw SpecError(
                    .invalid, at: field, "\(quoted(path)) holds \"..\"; write the path that is meant")
            }
            guard part.count <= 255 else {
                throw SpecError(
                    .invalid, at: field, "\(quoted(path)) holds a name of more than 255 bytes")
            }
            parts.append(String(decoding: part, as: UTF8.self))
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The one spelling of a file in the image: it has a name, so neither `/` nor a trailing slash will do.
    static func file(_ path: String, at field: String) throws(SpecError) -> String {
        let normal = try directory(path, at: field)
        guard normal != "/", path.utf8.last != UInt8(ascii: "/"), !path.hasSuffix("/.") else {
            throw SpecError(
                .invalid, at: field,
                "\(quoted(path)) names a directory; name the file itself, as in \"/app/config.yaml\"")
        }
        return normal
    }

    /// Whether a path is absolute and in the one spelling.
    package static func isNormal(_ path: String) -> Bool {
        (try? directory(path, at: "")) == path
    }

    /// The directory that holds a normal path; that of `/` is `/`.
    package static func parent(of path: String) -> String {
        LocalPath.parent(of: path)
    }

    /// `name` below the normal directory `root`.
    package static func child(_ name: String, of root: String) -> String {
        root == "/" ? "/" + name : root + "/" + name
    }

    /// Whether the normal path `path` lies below the normal directory `root` (a path is not below itself).
    package static func lies(_ path: String, below root: String) -> Bool {
        LocalPath.relative(path, to: root) != nil
    }
}
