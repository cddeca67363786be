internal import ChalkExec
internal import ChalkPlan

/// Who `user[:group]` is, by the image's own /etc/passwd and /etc/group where numbers do not say it all.
struct OwnerLookup {
    /// What an owner is looked up for.
    enum Use {
        /// `--chown`: a number without a group is the group's number too.
        case copied
        /// WORKDIR: the group is that of /etc/passwd.
        case working
    }

    private let text: String
    private let use: Use

    init(_ text: String, _ use: Use) {
        self.text = text
        self.use = use
    }

    /// The owner.
    ///
    /// - Parameter read: a file of the image; empty where it is missing.
    func owner(read: (String) throws -> [UInt8]) throws -> FileOperation.Owner {
        if let owner = FileOperation.Owner(text), owner.uid == 0 || use == .copied || text.contains(":") {
            return owner
        }
        do {
            let user = try StepUser(text, passwd: try read("/etc/passwd"), group: try read("/etc/group"))
            return FileOperation.Owner(uid: user.uid, gid: user.gid)
        } catch let error as ExecError where use == .copied && error.code == .unknownUser {
            throw ChalkError(
                .failed,
                "--chown=\(text) names a user or group that the image's /etc/passwd and /etc/group do not have; add it in an earlier step or give numbers"
            )
        }
    }
}
