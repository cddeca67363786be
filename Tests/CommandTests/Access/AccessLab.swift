import ChalkSystem
import ChalkTestSupport
import Foundation

/// A lab with a home of its own, so that nothing of who runs the tests is seen.
final class AccessLab {
    let lab: CommandLab
    var variables: [String: String]

    init() throws {
        lab = try CommandLab(withBase: true)
        variables = ["HOME": "\(lab.path)/home"]
        try lab.write("", "home/.keep")
    }

    /// Runs the command in the lab with the lab's home.
    func chalk(_ words: String...) throws -> BuiltCommand.Ran { try lab.chalk(words, variables: variables) }

    /// The same for a run that must succeed.
    @discardableResult
    func check(_ words: String...) throws -> BuiltCommand.Ran {
        try BuiltCommand.check(try lab.command(words), variables: variables, in: lab.path)
    }

    /// Logs in with a password on standard input.
    func logIn(_ registry: String, password: String, _ more: String...) throws -> BuiltCommand.Ran {
        try lab.write("\(password)\n", "password")
        return try BuiltCommand.run(
            try lab.command(["login", registry, "-u", "me", "--password-stdin"] + more), variables: variables,
            in: lab.path, input: "\(lab.path)/password")
    }

    /// An htpasswd file that knows `me` with `hunter2`.
    func users() throws -> String {
        // bcrypt, cost 4.
        try lab.write("me:$2y$04$abcdefghijklmnopqrstuuV3duMsC0HpUex6N9qapiuOHHWkwRXVm\n", "users")
        return "\(lab.path)/users"
    }

    /// Every string in a run's output must not be there.
    static func holdsNone(of secrets: [String], _ ran: BuiltCommand.Ran) -> Bool {
        secrets.allSatisfy { !ran.output.contains($0) && !ran.errors.contains($0) }
    }
}
