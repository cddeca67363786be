import ChalkTestSupport

/// Runs a program to its end; its standard output. Fails with what it said unless it exits with 0.
func tool(_ program: String, _ arguments: [String], in directory: String = "/") throws -> String {
    try BuiltCommand.check([program] + arguments, in: directory).output
}
