import ChalkSystem
import Glibc
import Testing

/// Something to be true of steps whoever runs them: it is run as this user and, where this is root, once more as an
/// ordinary one (`CHALK_TEST_USER`, else `tester`) in a process of its own.
struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    let run: @Sendable () throws -> Void

    init(_ name: String, _ run: @escaping @Sendable () throws -> Void) {
        self.name = name
        self.run = run
    }

    var testDescription: String { name }

    static let all: [Scenario] = steps + files + mounts + identities + endings + snapshots

    static func named(_ name: String) throws -> Scenario {
        try #require(all.first { $0.name == name })
    }

    /// Gives up root for good.
    static func becomeTester() throws {
        guard CurrentProcess.userID == 0 else { return }
        let name = getenv("CHALK_TEST_USER").map { String(cString: $0) } ?? "tester"
        let entry = try #require(getpwnam(name), "the tests need a user \(name) with a range in /etc/subuid")
        try #require(initgroups(entry.pointee.pw_name, entry.pointee.pw_gid) == 0)
        try #require(setgid(entry.pointee.pw_gid) == 0)
        try #require(setuid(entry.pointee.pw_uid) == 0)
    }
}
