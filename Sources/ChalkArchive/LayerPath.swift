internal import ChalkSystem

/// Arithmetic on paths inside a layer: bytes, relative to its root, `/` between components. The empty path is
/// the root itself.
package enum LayerPath {
    static let slash = UInt8(ascii: "/")
    static let dot = UInt8(ascii: ".")

    /// The components of a path, without empty ones.
    package static func components(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: slash).map(Array.init)
    }

    /// The path of components.
    package static func path(_ components: some Sequence<[UInt8]>) -> [UInt8] {
        Array(components.joined(separator: [slash]))
    }

    /// `name` below `directory`.
    package static func path(_ name: [UInt8], in directory: [UInt8]) -> [UInt8] {
        directory.isEmpty ? name : directory + [slash] + name
    }

    /// All but the last component.
    package static func parent(_ path: [UInt8]) -> [UInt8] {
        path.lastIndex(of: slash).map { Array(path[..<$0]) } ?? []
    }

    /// The last component.
    package static func name(_ path: [UInt8]) -> [UInt8] {
        path.lastIndex(of: slash).map { Array(path[($0 + 1)...]) } ?? path
    }

    /// The order of entries in a layer.
    package static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool { PathOrder.precedes(a.span, b.span) }

    /// The path for people: UTF-8 as it is, other bytes and control characters as `\xHH`, the root as `/`.
    package static func display(_ path: [UInt8]) -> String {
        if path.isEmpty { return "/" }
        var text = ""
        var decoder = UTF8()
        var bytes = path[...]
        while let first = bytes.first {
            var iterator = bytes.makeIterator()
            if case .scalarValue(let scalar) = decoder.decode(&iterator), scalar.value >= 0x20,
                scalar.value != 0x7F
            {
                text.unicodeScalars.append(scalar)
                bytes = bytes.dropFirst(UTF8.width(scalar))
            } else {
                let digits = String(first, radix: 16)
                text += "\\x" + (digits.count == 1 ? "0" : "") + digits
                bytes = bytes.dropFirst()
            }
            decoder = UTF8()
        }
        return text
    }

    /// A path as archives write it (`./a//b/`, `/a/b`) as a layer path.
    ///
    /// - Throws: ``ArchiveError/Code/refused`` for `..`, `limitExceeded` for a path that is too long or too deep.
    package static func cleaned(_ raw: [UInt8], limits: ArchiveLimits) throws(ArchiveError) -> [UInt8] {
        if raw.count > limits.pathLength {
            throw ArchiveError(
                .limitExceeded,
                "the archive holds a path of \(raw.count) bytes where \(limits.pathLength) are allowed")
        }
        var depth = 0
        var result: [UInt8] = []
        result.reserveCapacity(raw.count)
        for component in raw.split(separator: slash) where component != [dot] {
            if component == [dot, dot] {
                throw ArchiveError(
                    .refused, "the archive's path \(display(raw)) is refused: it holds a .. component")
            }
            if !result.isEmpty { result.append(slash) }
            result.append(contentsOf: component)
            depth += 1
            if depth > limits.pathDepth {
                throw ArchiveError(
                    .limitExceeded,
                    "the archive holds a path of more than the \(limits.pathDepth) components that are allowed"
                )
            }
        }
        return result
    }

    /// Checks that a path is already in a layer's form.
    static func validate(_ path: [UInt8]) throws(ArchiveError) {
        if path.isEmpty || Components(path).allSatisfy(isName) { return }
        throw ArchiveError(
            .invalidEntry,
            "\(display(path)) is not a path inside a layer: it must be relative, without empty, . and .. components"
        )
    }

    private static func isName(_ component: ArraySlice<UInt8>) -> Bool {
        if component.first == dot, component.count < 3, component.last == dot { return false }
        return !component.isEmpty && !component.contains(0)
    }

    /// The components of a path one after the other, empty ones too; nothing is kept of them.
    struct Components: Sequence, IteratorProtocol {
        private var rest: ArraySlice<UInt8>?

        init(_ path: [UInt8]) { rest = path[...] }

        mutating func next() -> ArraySlice<UInt8>? {
            guard let path = rest else { return nil }
            guard let end = path.firstIndex(of: slash) else {
                rest = nil
                return path
            }
            rest = path[(end + 1)...]
            return path[..<end]
        }
    }
}
