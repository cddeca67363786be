import ChalkImage
import ChalkOCI

/// One JSON object for an entry and what is said of it.
///
/// Names and patterns are bytes. Where all of an object's are UTF-8 they stand as they are; else the object has
/// `"enc":"latin1"`, and each character of its names and patterns stands for one byte, as in a corpus.
struct IgnoreJSON {
    private let isLatin1: Bool

    /// - Parameter texts: Every name and pattern that the object will hold.
    private init(_ texts: [[UInt8]]) {
        isLatin1 = texts.contains { String(validating: $0, as: UTF8.self) == nil }
    }

    /// A line of `ignore list --json`.
    static func entry(_ entry: IgnoreListing.Entry) -> JSON {
        let answer = entry.answer
        let writer = IgnoreJSON([entry.path] + answer.texts)
        return writer.object(entry.path, entry.type, writer.members(answer))
    }

    /// A line of `ignore diff --json`.
    static func difference(_ difference: IgnoreComparison.Difference) -> JSON {
        let writer = IgnoreJSON([difference.path] + difference.answers.flatMap(\.answer.texts))
        let verdicts = difference.answers.map { dialect, answer in
            JSON.object(present: [("profile", .string(dialect.rawValue))] + writer.members(answer))
        }
        return writer.object(
            difference.path, difference.type,
            [
                ("verdicts", .array(verdicts)), ("rules", .strings(difference.rules)),
                ("reasons", .strings(difference.reasons)),
            ])
    }

    private func object(_ path: [UInt8], _ type: String, _ members: [(String, JSON?)]) -> JSON {
        .object(
            present: [("path", text(path)), ("type", .string(type))] + members
                + [("enc", isLatin1 ? .string("latin1") : nil)])
    }

    private func members(_ answer: IgnoreAnswer) -> [(String, JSON?)] {
        let rule = answer.rule
        var directory: [UInt8]?
        let reason: String
        switch answer.reason {
        case .noRule: reason = "no-rule"
        case .rule: reason = "rule"
        case .insideIgnored(let above, _):
            reason = "inside-ignored"
            directory = above
        case .git: reason = "git"
        case .holdsKept: reason = "holds-kept"
        }
        return [
            ("ignored", .bool(answer.isIgnored)), ("reason", .string(reason)),
            ("directory", directory.map(text)),
            ("source", rule.map { rule in rule.file.map(text) ?? .string("--exclude") }),
            ("line", rule.map { .integer(Int64($0.line)) }), ("pattern", rule.map { text($0.pattern) }),
        ]
    }

    private func text(_ bytes: [UInt8]) -> JSON {
        guard isLatin1 else { return .string(String(decoding: bytes, as: UTF8.self)) }
        var text = ""
        for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
        return .string(text)
    }
}

extension IgnoreAnswer {
    /// Every name and pattern in it.
    fileprivate var texts: [[UInt8]] {
        var list = [rule?.file, rule?.pattern].compactMap(\.self)
        if case .insideIgnored(let directory, _) = reason { list.append(directory) }
        return list
    }
}
