/// Who a step runs as, found in the step's own /etc/passwd and /etc/group.
package struct StepUser: Hashable, Sendable {
    /// User.
    package var uid: UInt32
    /// Group.
    package var gid: UInt32
    /// Supplementary groups, ascending.
    var groups: [UInt32]
    var home: String
    /// The same and the user's own first, as every other builder: so that a group's members cannot gain by giving the
    /// group up.
    var allGroups: [UInt32] { [gid] + groups.filter { $0 != gid } }

    /// Resolves `user[:group]` as Docker does: names need an entry, numbers do not; supplementary groups are
    /// those that list the user, and none when a group is given.
    ///
    /// - Throws: ``ExecError`` (`unknownUser`).
    package init(_ text: String, passwd: [UInt8], group: [UInt8]) throws(ExecError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let userPart = parts.first ?? ""
        let groupPart = parts.count > 1 ? parts[1] : ""
        let wanted = userPart.isEmpty ? "0" : userPart
        let number = StepUser.number(wanted)

        let entry = StepUser.fields(passwd).first { fields in
            fields.count >= 6
                && (fields[0] == wanted || (number != nil && StepUser.number(fields[2]) == number))
        }
        if let entry, let uid = StepUser.number(entry[2]), let gid = StepUser.number(entry[3]) {
            self.init(uid: uid, gid: gid, groups: [], home: entry[5].isEmpty ? "/" : entry[5])
        } else if let number {
            self.init(uid: number, gid: 0, groups: [], home: number == 0 ? "/root" : "/")
        } else {
            throw ExecError(
                .unknownUser,
                "cannot run as user \(wanted): the image's /etc/passwd has no such user;"
                    + " add it in an earlier step or give a number")
        }

        let table = StepUser.fields(group).filter { $0.count >= 4 }
        if groupPart.isEmpty {
            let name = entry?[0]
            let listed = table.filter { fields in
                fields[3].split(separator: ",").contains { $0 == name ?? "" }
            }
            groups = Set(listed.compactMap { StepUser.number($0[2]) }).sorted()
            return
        }
        let groupNumber = StepUser.number(groupPart)
        let found = table.first {
            $0[0] == groupPart || (groupNumber != nil && StepUser.number($0[2]) == groupNumber)
        }
        guard let gid = found.flatMap({ StepUser.number($0[2]) }) ?? groupNumber else {
            throw ExecError(
                .unknownUser,
                "cannot run with group \(groupPart): the image's /etc/group has no such group;"
                    + " add it in an earlier step or give a number")
        }
        self.gid = gid
    }

    private init(uid: UInt32, gid: UInt32, groups: [UInt32], home: String) {
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.home = home
    }

    private static func number(_ text: String) -> UInt32? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt32(text).flatMap { $0 <= UInt32(Int32.max) ? $0 : nil }
    }

    private static func fields(_ table: [UInt8]) -> [[String]] {
        table.split(separator: 0x0A).map { line in
            line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
