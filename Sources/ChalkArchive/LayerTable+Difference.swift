/// Saying what is different.
extension LayerTable {
    /// The first difference in the order of entries, in words: "`src/app.py` changed"; nil when there is none
    /// to be seen.
    package func firstDifference(from earlier: LayerTable) -> String? {
        do {
            var (here, there) = (Rows(self), Rows(earlier))
            var (new, old) = (try here.next(), try there.next())
            while let now = new, let before = old {
                if now.path == before.path {
                    if let words = Self.difference(of: now, from: before) { return words }
                    (new, old) = (try here.next(), try there.next())
                } else if LayerPath.precedes(now.path, before.path) {
                    return "\(Self.quoted(now.path)) added"
                } else {
                    return "\(Self.quoted(before.path)) removed"
                }
            }
            if let new { return "\(Self.quoted(new.path)) added" }
            return old.map { "\(Self.quoted($0.path)) removed" }
        } catch {
            return nil
        }
    }

    private static func difference(of new: Row, from old: Row) -> String? {
        // Nearly all rows are the same, and words cost more than rows.
        if new == old { return nil }
        let name = quoted(new.path)
        if new.kind != old.kind { return "\(name) is now \(new.kind.noun), before \(old.kind.noun)" }
        if new.target != old.target {
            return "\(name) now points to \(quoted(new.target)), before to \(quoted(old.target))"
        }
        if new.parts != old.parts { return "\(name) changed" }
        if new.mode != old.mode { return "mode of \(name) \(octal(old.mode)) → \(octal(new.mode))" }
        if (new.uid, new.gid) != (old.uid, old.gid) {
            return "owner of \(name) \(old.uid):\(old.gid) → \(new.uid):\(new.gid)"
        }
        return nil
    }

    private static func quoted(_ path: [UInt8]) -> String { "`\(LayerPath.display(path))`" }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }
}

extension EntryList.Kind {
    /// For sentences.
    fileprivate var noun: String {
        switch self {
        case .directory: "a directory"
        case .link: "a link"
        case .file: "a file"
        case .fifo: "a FIFO"
        case .characterDevice, .blockDevice: "a device"
        }
    }
}
