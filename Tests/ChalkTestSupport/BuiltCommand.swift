import ChalkSystem
import Foundation

/// The built command, run as users run it, and other people's programs beside it.
package enum BuiltCommand {
    /// How a run ended and what it wrote.
    package struct Ran: Sendable {
        /// The exit status; 128 and the signal where one ended it.
        package let status: Int32
        /// All of standard output.
        package let bytes: [UInt8]
        /// All of standard error.
        package let errors: String

        /// Standard output as text.
        package var output: String { String(decoding: bytes, as: UTF8.self) }
        /// Standard output without the line feed at its end.
        package var line: String { output.hasSuffix("\n") ? String(output.dropLast()) : output }
    }

    /// A program that was meant to succeed did not.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        /// A failure in words.
        package init(description: String) { self.description = description }
    }

    /// The command, which lies beside the test runner.
    package static func path() throws -> String {
        PathText.parent(of: try FileSystem.resolved("/proc/self/exe")) + "/chalk-image"
    }

    /// What every run sees, unless a test says otherwise.
    package static let environment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
        "LC_ALL": "C.UTF-8",
    ]

    /// A program that was started; its output goes to files, so nobody waits for a reader.
    package final class Running {
        private let child: ChildProcess
        private let output: String
        private let errors: String

        fileprivate init(_ child: ChildProcess, _ output: String, _ errors: String) {
            self.child = child
            self.output = output
            self.errors = errors
        }

        /// The process.
        package var id: Int32 { child.id }

        /// Sends a signal to it.
        package func signal(_ number: Int32) { child.signal(number) }

        /// What it has written on standard error so far.
        package func errorsSoFar() -> String {
            String(decoding: (try? FileSystem.read(errors, limit: 1 << 30)) ?? [], as: UTF8.self)
        }

        /// Waits for its end.
        package func wait() throws -> Ran {
            let end = child.wait()
            let ran = Ran(
                status: end.shellStatus, bytes: try FileSystem.read(output, limit: 1 << 30),
                errors: errorsSoFar())
            _ = unlink(output)
            _ = unlink(errors)
            return ran
        }
    }

    /// Starts a program that PATH is searched for.
    ///
    /// - Parameters:
    ///   - variables: added to ``environment``.
    ///   - directory: where it works.
    ///   - input: a file for standard input; else it is empty.
    package static func start(
        _ words: [String], variables: [String: String] = [:], in directory: String = "/",
        input: String = "/dev/null"
    ) throws -> Running {
        let prefix = NSTemporaryDirectory() + "chalk-run-" + RandomName.make()
        let (output, errors) = (prefix + ".out", prefix + ".err")
        let sink = try FileDescriptor.open(output, [.writeOnly, .create, .exclusive], mode: 0o600)
        let trouble = try FileDescriptor.open(errors, [.writeOnly, .create, .exclusive], mode: 0o600)
        let source = try FileDescriptor.open(input)
        let child = try ChildProcess.spawn(
            "/usr/bin/env", arguments: ["env", "-C", directory] + words,
            environment: environment.merging(variables) { $1 }.map { "\($0)=\($1)" },
            descriptors: [.init(source.raw, as: 0), .init(sink.raw, as: 1), .init(trouble.raw, as: 2)],
            session: .own)
        return Running(child, output, errors)
    }

    /// Runs a program to its end.
    package static func run(
        _ words: [String], variables: [String: String] = [:], in directory: String = "/",
        input: String = "/dev/null"
    ) throws -> Ran {
        try start(words, variables: variables, in: directory, input: input).wait()
    }

    /// Runs a program that must succeed; gives what it wrote.
    @discardableResult
    package static func check(
        _ words: [String], variables: [String: String] = [:], in directory: String = "/"
    ) throws -> Ran {
        let ran = try run(words, variables: variables, in: directory)
        guard ran.status == 0 else {
            throw Failure(
                description: "\(words.joined(separator: " ")) ended with \(ran.status): \(ran.errors)")
        }
        return ran
    }
}
