import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// A store with the tiny base, in which containers are started; those that still run are killed with it.
final class ContainerLab: Sendable {
    let lab: CommandLab

    init() throws { lab = try CommandLab(withBase: true) }

    deinit {
        _ = try? run(["sh", "-c", "\"$0\" ps -q | xargs -r \"$0\" container rm -f", BuiltCommand.path()])
    }

    /// One for all tests that get by with it.
    static let shared = Result { try ContainerLab() }

    /// Runs a program that finds the store without a flag.
    func run(
        _ words: [String], variables: [String: String] = [:], input: String = "/dev/null"
    ) throws -> BuiltCommand.Ran {
        try BuiltCommand.run(
            words, variables: variables.merging(["CHALK_IMAGE_STORE": lab.store]) { $1 }, in: lab.path,
            input: input)
    }

    /// Runs the command.
    func chalk(
        _ words: String..., variables: [String: String] = [:], input: String = "/dev/null"
    ) throws -> BuiltCommand.Ran {
        try run([try BuiltCommand.path()] + words, variables: variables, input: input)
    }

    /// Runs the command, which must succeed; gives its output without the line feed at its end.
    @discardableResult
    func check(
        _ words: String..., variables: [String: String] = [:], input: String = "/dev/null"
    ) throws -> String {
        let ran = try run([try BuiltCommand.path()] + words, variables: variables, input: input)
        guard ran.status == 0 else {
            throw BuiltCommand.Failure(
                description: "\(words.joined(separator: " ")) ended with \(ran.status): \(ran.errors)")
        }
        return ran.line
    }

    /// Starts the command.
    func start(_ words: String...) throws -> BuiltCommand.Running { try start(words) }

    /// The same for a list of words.
    func start(_ words: [String]) throws -> BuiltCommand.Running {
        try BuiltCommand.start(
            [try BuiltCommand.path()] + words, variables: ["CHALK_IMAGE_STORE": lab.store], in: lab.path)
    }

    /// What `inspect` says of a container.
    func inspect(_ name: String) throws -> [String: Any] {
        try object(Array(try check("inspect", "--type", "container", name).utf8))
    }

    /// The names of control groups on this machine that hold `mark`.
    static func cgroups(_ mark: String) throws -> [String] {
        try BuiltCommand.check(["find", "/sys/fs/cgroup", "-maxdepth", "2", "-name", "*\(mark)*"]).output
            .split(separator: "\n").map(String.init)
    }

    /// Waits until something is so; whatever goes wrong, not for ever.
    static func wait(until isSo: () throws -> Bool) throws {
        for _ in 0..<20_000 {
            if try isSo() { return }
            try Pause.wait(.milliseconds(2), Cancellation())
        }
        throw BuiltCommand.Failure(description: "what was waited for did not come")
    }
}
