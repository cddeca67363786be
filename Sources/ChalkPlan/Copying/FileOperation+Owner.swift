extension FileOperation {
    /// Owner and group by number.
    package struct Owner: Hashable, Sendable {
        /// User.
        package let uid: UInt32
        /// Group.
        package let gid: UInt32

        /// An owner by its numbers.
        package init(uid: UInt32, gid: UInt32) {
            self.uid = uid
            self.gid = gid
        }

        /// `1000`, `1000:1000`, `root`, `0:root`; nil for other names. A missing group is the user's number.
        package init?(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, let uid = Owner.number(first) else { return nil }
            guard parts.count > 1 else {
                self.uid = uid
                gid = uid
                return
            }
            guard let gid = Owner.number(parts[1]) else { return nil }
            self.uid = uid
            self.gid = gid
        }

        /// What needs no file to be a number: digits, and `root`.
        package static func number(_ part: some StringProtocol) -> UInt32? {
            if part == "root" { return 0 }
            guard !part.isEmpty, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return UInt32(part).flatMap { $0 <= UInt32(Int32.max) ? $0 : nil }
        }
    }
}
