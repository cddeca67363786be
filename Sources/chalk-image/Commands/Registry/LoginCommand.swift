import ChalkImage
import ChalkOCI
import ChalkSystem

/// `chalk-image login`.
enum LoginCommand: Command {
    static let syntax = CommandSyntax(
        name: "login", summary: "Check an account at a registry and keep it", operands: "[REGISTRY]",
        operandCount: 0...1,
        flags: [
            .init("username", "u", value: "NAME", help: "the user name"),
            .init("password-stdin", help: "read the password or token from standard input"),
        ] + TransferFlags.all)

    /// Most bytes of a password.
    private static let limit = 64 << 10

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let registry = arguments.operands.first ?? "docker.io"
        guard let username = arguments["username"], !username.isEmpty else {
            throw UsageError("a user name is missing: --username NAME", command: "login")
        }
        guard !username.contains(":") else {
            throw UsageError("a user name holds no colon", command: "login")
        }
        guard arguments.isSet("password-stdin") else {
            throw UsageError(
                "the password comes from standard input alone, as a command line is seen by others: "
                    + "chalk-image login -u NAME --password-stdin \(registry) <FILE", command: "login")
        }
        let transfer = try TransferFlags.read(arguments, surroundings)
        let password = try password()
        let done = try RegistryAccess(transfer).performLogIn(
            to: registry, as: .init(username: username, password: password),
            cancellation: surroundings.cancellation)
        if !done.wasAsked {
            StandardStream.error.write("warning: \(registry) asks nobody who they are; nothing was checked\n")
        }
        let place = done.place.helper.map { "\($0), as \(done.place.file) says" } ?? done.place.file
        StandardStream.error.write("the credentials for \(registry) are kept in \(place)\n")
        if done.place.helper == nil {
            StandardStream.error.write(
                "note: they are not encrypted there; docs/registries.md says how a credential helper keeps "
                    + "them\n"
            )
        }
    }

    /// All of standard input without the line feed at its end.
    private static func password() throws -> String {
        let bytes = try FileDescriptor.standardInput().readToEnd(limit: limit)
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw ChalkError(.invalidInput, "the password on standard input is not UTF-8")
        }
        while text.hasSuffix("\n") || text.hasSuffix("\r\n") || text.hasSuffix("\r") { text.removeLast() }
        if text.isEmpty { throw ChalkError(.invalidInput, "there is no password on standard input") }
        return text
    }
}

/// `chalk-image logout`.
enum LogoutCommand: Command {
    static let syntax = CommandSyntax(
        name: "logout", summary: "Forget the account at a registry", operands: "[REGISTRY]",
        operandCount: 0...1, flags: [TransferFlags.authfile])

    static func run(_ arguments: ParsedArguments, _ surroundings: Surroundings) throws {
        let registry = arguments.operands.first ?? "docker.io"
        let transfer = try TransferFlags.read(arguments, surroundings)
        let place = try RegistryAccess(transfer).performLogOut(of: registry)
        let former = place.helper.map { "\($0) and \(place.file)" } ?? place.file
        StandardStream.error.write("the credentials for \(registry) are no longer in \(former)\n")
    }
}
