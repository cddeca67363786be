/// Something about ignore files that the people who wrote them should know.
package enum IgnoreWarning: Hashable, Sendable, CustomStringConvertible {
    /// A rule of semantics.md section 8 in which go-git and git differ, of those that a walk looks out for.
    package enum Difference: String, Hashable, Sendable, CaseIterable {
        /// `X/**` covers the directory X itself.
        case a = "A"
        /// A re-include that hits a directory keeps answering for everything below it.
        case b = "B"
        /// `**/` takes the first component that fits and never tries another.
        case c = "C"

        var bit: UInt8 {
            switch self {
            case .a: 1
            case .b: 2
            case .c: 4
            }
        }
    }

    /// git would have decided otherwise about `path`; said once for each pattern and rule.
    case difference(Difference, source: IgnoreRuleSource, path: [UInt8], isIgnored: Bool)
    /// A line over 65,535 bytes ended the reading of the file (go-git).
    case longLine(file: [UInt8], line: Int)
    /// The byte order mark is part of the first line (go-git).
    case byteOrderMark(file: [UInt8])
    /// The file is a link and profile `git` never follows one.
    case linkNotFollowed(file: [UInt8])
    /// The file is over 100 MiB, which profile `git` does not read.
    case hugeFileSkipped(file: [UInt8])

    /// What is warned about, whichever entry showed it.
    package struct Subject: Hashable, Sendable {
        private let kind: String
        private let file: [UInt8]?
        private let line: Int

        fileprivate init(_ kind: String, _ file: [UInt8]?, _ line: Int = 0) {
            self.kind = kind
            self.file = file
            self.line = line
        }
    }

    /// Equal for two warnings about the same line and the same rule.
    package var subject: Subject {
        switch self {
        case .difference(let rule, let source, _, _): Subject(rule.rawValue, source.file, source.line)
        case .longLine(let file, let line): Subject("line", file, line)
        case .byteOrderMark(let file): Subject("mark", file)
        case .linkNotFollowed(let file): Subject("link", file)
        case .hugeFileSkipped(let file): Subject("huge", file)
        }
    }

    /// One lower-case sentence that says how to go on, with files named from the root.
    package var description: String { description(of: nil) }

    /// The same with files named from where `directory`, the root, is.
    ///
    /// - Parameter directory: As people call it, without a slash at its end.
    package func description(of directory: String?) -> String {
        func place(_ file: [UInt8]?, _ line: Int? = nil) -> String {
            guard let file else {
                return ContextError.place(nil, line ?? 0) + (directory.map { " of \($0)" } ?? "")
            }
            return (directory.map { "\($0)/" } ?? "") + ContextError.show(file)
                + (line.map { ":\($0)" } ?? "")
        }
        switch self {
        case .difference(let difference, let source, let path, let isIgnored):
            let here = isIgnored ? "ignored" : "kept"
            let there = isIgnored ? "keeps" : "ignores"
            return
                "\(place(source.file, source.line)): \(ContextError.show(path)) is \(here) where git "
                + "\(there) it (rule \(difference.rawValue)): "
                + IgnoreRespelling.advice(difference, source, path: path)
        case .longLine(let file, let line):
            return
                "\(place(file, line)): the line is longer than 65535 bytes, so it and all after it do "
                + "not count; split it"
        case .byteOrderMark(let file):
            return
                "\(place(file, 1)): the file starts with a byte order mark, which counts as part of the "
                + "first line; save it without one"
        case .linkNotFollowed(let file):
            return "\(place(file)) is a link and was not read, as git does; make it a file"
        case .hugeFileSkipped(let file):
            return "\(place(file)) is larger than 100 MiB and was not read, as git does; make it smaller"
        }
    }
}
