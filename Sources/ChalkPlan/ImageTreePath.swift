/// Arithmetic on absolute paths inside an image; looks at no file.
package enum ImageTreePath {
    /// The path without empty, `.` and `..` components; it stays at or below `/`.
    package static func normalized(_ path: String) -> String {
        var parts: [Substring.UTF8View.SubSequence] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }
}
