import FoundationEssentials
import Glibc

/// The environment of this process, read where a program starts and nowhere else.
enum Environment {
    static var variables: [String: String] { ProcessInfo.processInfo.environment }

    /// Where a program is: a word with a slash is its own answer, others are looked up on PATH.
    static func find(_ program: String) -> String? {
        if program.contains("/") { return unsafe access(program, X_OK) == 0 ? program : nil }
        return (variables["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .map { "\($0)/\(program)" }
            .first { unsafe access($0, X_OK) == 0 }
    }
}
