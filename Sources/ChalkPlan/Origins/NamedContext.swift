package import ChalkOCI

/// What `--build-context NAME=VALUE` lets a name stand for in FROM, `COPY --from` and `RUN --mount=from=`.
package enum NamedContext: Hashable, Sendable {
    /// The empty image.
    case empty
    /// An image.
    case image(ImageSource)
    /// The files of a directory or of a repository's commit.
    case tree(FileOperation.Tree)
    /// The file at a URL, which is called `context` there.
    case file(Download)

    /// Why a value is none.
    package struct Malformed: Error, Hashable, Sendable {
        /// Words that follow "VALUE".
        package let reason: String
    }

    /// Reads a value: `docker-image://REF`, `oci-layout://PATH[:NAME|@DIGEST]` (both also without `//`), the URL of a
    /// git repository or file, or a directory.
    package init(_ value: String) throws(Malformed) {
        if let rest = NamedContext.rest(of: value, after: "docker-image:") {
            if rest == "scratch" {
                self = .empty
                return
            }
            do throws(OCIError) {
                self = .image(.registry(try Reference(parsing: rest).withDefaultTag))
            } catch {
                throw Malformed(reason: error.description)
            }
        } else if let rest = NamedContext.rest(of: value, after: "oci-layout:") {
            self = .image(.layout(try NamedContext.layout(rest)))
        } else if value.hasPrefix("target:") {
            throw Malformed(reason: "target: is known to bake files only")
        } else {
            self = try NamedContext.files(value)
        }
    }

    private static func files(_ value: String) throws(Malformed) -> NamedContext {
        do throws(GitSource.Malformed) {
            if let source = try GitSource(value) { return .tree(.repository(source)) }
        } catch {
            throw Malformed(reason: error.reason)
        }
        if value.hasPrefix("http://") || value.hasPrefix("https://") {
            return .file(Download(url: value, name: "context", checksum: nil))
        }
        guard value.hasPrefix("/") else { throw Malformed(reason: "the directory must be absolute") }
        return .tree(.directory(value))
    }

    /// Whether a value is a directory of the host; a relative one is for the caller to make absolute.
    package static func isDirectory(_ value: String) -> Bool {
        if ["docker-image:", "oci-layout:", "target:", "http://", "https://"].contains(where: value.hasPrefix)
        {
            return false
        }
        return (try? GitSource(value)) == .some(.none)
    }

    /// A value with its path of a directory or layout made absolute.
    package static func absolute(_ value: String, _ absolute: (String) -> String) -> String {
        if let rest = rest(of: value, after: "oci-layout:") { return "oci-layout:" + absolute(rest) }
        return isDirectory(value) ? absolute(value) : value
    }

    /// The form in which names are compared: that of a reference, without what is implied.
    ///
    /// `alpine`, `alpine:latest` and `docker.io/library/alpine` are one name; nil for what can name no image.
    package static func name(_ text: String) -> String? {
        (try? Reference(parsing: text)).map { name(of: $0) }
    }

    /// The name under which a context stands in for an image.
    package static func name(of reference: Reference) -> String {
        var text = reference.name
        for implied in ["docker.io/library/", "docker.io/"] where text.hasPrefix(implied) {
            text = String(text.dropFirst(implied.count))
            break
        }
        if let tag = reference.tag, tag != "latest" || reference.digest != nil { text += ":\(tag)" }
        if let digest = reference.digest { text += "@\(digest)" }
        return text
    }

    private static func rest(of value: String, after scheme: String) -> String? {
        guard value.hasPrefix(scheme) else { return nil }
        let rest = value.dropFirst(scheme.count)
        return String(rest.hasPrefix("//") ? rest.dropFirst(2) : rest)
    }

    private static func layout(_ text: String) throws(Malformed) -> LayoutImage {
        var path = text[...]
        var digest: Digest?
        if let at = text.lastIndex(of: "@") {
            guard let parsed = Digest(String(text[text.index(after: at)...])) else {
                throw Malformed(reason: "after @ there must be sha256: and 64 lower-case hexadecimal digits")
            }
            digest = parsed
            path = text[..<at]
        }
        var name: String?
        if let colon = path.lastIndex(of: ":"), !path[colon...].contains("/") {
            name = String(path[path.index(after: colon)...])
            path = path[..<colon]
        }
        if path.isEmpty { throw Malformed(reason: "the path of the layout is missing") }
        return LayoutImage(path: String(path), name: name, digest: digest)
    }
}
