import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkImage

@Suite("Secrets")
struct SecretReferenceTests {
    private static let variables = ["TOKEN": "hunter2", "EMPTY": ""]

    private struct Vault: SecretProvider {
        var title: String { "the vault" }
        func value(of name: String) -> [UInt8]? { name == "KEY" ? Array("hunter2\n".utf8) : nil }
        func values(of integration: String) -> [String: [UInt8]]? {
            integration == "db" ? ["HOST": Array("h".utf8), "PASSWORD": Array("hunter2".utf8)] : nil
        }
    }

    private func resolve(
        _ argument: String, _ provider: (any SecretProvider)? = nil, in directory: String = "/"
    )
        throws -> [String]
    {
        try Secret(argument: argument).resolve(
            from: SecretSources(
                environment: Self.variables, workingDirectory: directory, provider: provider)
        ).map(\.assignment)
    }

    @Test(arguments: [
        ("TOKEN", false, ["TOKEN=hunter2"]), ("env=TOKEN", false, ["TOKEN=hunter2"]),
        ("env=TOKEN,as=OTHER", true, ["OTHER=hunter2"]), ("env=EMPTY", false, ["EMPTY="]),
        ("KEY", true, ["KEY=hunter2"]), ("name=KEY,as=K,prefix=APP_", true, ["APP_K=hunter2"]),
        ("integration=db", true, ["HOST=h", "PASSWORD=hunter2"]),
        ("integration=db,key=PASSWORD,alias=PASSWORD:PGPASSWORD", true, ["PGPASSWORD=hunter2"]),
        ("integration=db,prefix=P_", true, ["P_HOST=h", "P_PASSWORD=hunter2"]),
    ])
    func isResolved(_ argument: String, _ hasVault: Bool, _ expected: [String]) throws {
        #expect(try resolve(argument, hasVault ? Vault() : nil) == expected)
        let secret = try Secret(argument: argument)
        #expect(Secret(json: secret.json) == secret)
        #expect(secret.json.compact().contains("hunter2") == false)
    }

    @Test(arguments: [
        (
            "NOTHING", false,
            "the secret \"NOTHING\" has no value: NOTHING is not set, and no provider of secrets was named"
        ),
        ("NOTHING", true, "the secret \"NOTHING\" has no value: the vault has none of that name"),
        ("env=NOTHING,as=X", false, "the secret \"X\" has no value: NOTHING is not set"),
        ("integration=db,key=X", true, "the secret \"db\" has no value: it has no key \"X\""),
        ("integration=other", true, "the secret \"other\" has no value: the vault has nothing of that name"),
        (
            "integration=db", false,
            "the secret \"db\" has no value: it is an integration, and no provider of secrets was named"
        ),
        ("file=nothing.env", false, "the file of secrets nothing.env is not there, or is no file"),
    ])
    func namesWhatIsMissing(_ argument: String, _ hasVault: Bool, _ sentence: String) throws {
        let error = #expect(throws: ChalkError.self) { try resolve(argument, hasVault ? Vault() : nil) }
        #expect(error?.kind == .notFound && error?.description == sentence, "\(String(describing: error))")
    }

    @Test(arguments: [
        "", "A,B", "env=", "what=x", "env=A,what=x", "integration=x,alias=A", "name=A,key=B", "as=X",
    ])
    func wrongArguments(_ argument: String) {
        let error = #expect(throws: ChalkError.self) { try Secret(argument: argument) }
        #expect(error?.kind == .invalidInput)
    }

    @Test func aValueTypedByMistakeIsNotShown() {
        let error = #expect(throws: ChalkError.self) { try Secret(argument: "TOKEN=hunter2") }
        #expect(error?.description.hasSuffix("not TOKEN=…") == true)
    }

    @Test func showsNoValue() throws {
        let variable = try #require(
            try Secret.fromLocalEnv("TOKEN").resolve(
                from: SecretSources(environment: Self.variables, workingDirectory: "/")
            ).first)
        var dumped = ""
        dump(variable, to: &dumped)
        #expect(!"\(variable) \(String(reflecting: variable)) \(dumped)".contains("hunter2"))
        #expect(Secret.fromLocalEnv("A").isLazy && Secret.fromLocalEnvFile(".env").isLazy)
        #expect(!Secret(name: "A", asEnvVar: "B").isLazy && Secret(name: "A") == .fromEnv("A"))
    }

    @Test func laterOnesCount() throws {
        let variables = try Secret.resolve(
            [.fromLocalEnv("TOKEN"), .fromLocalEnv("EMPTY"), .fromLocalEnv("EMPTY", envVarName: "TOKEN")],
            from: SecretSources(environment: Self.variables, workingDirectory: "/"))
        #expect(variables.map(\.assignment) == ["EMPTY=", "TOKEN="])
    }

    @Test func directoriesAndCommands() throws {
        let place = "\(TestPlace.directory)/chalk-secrets-" + RandomName.make()
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileSystem.makeDirectories(place + "/db/..data")
        try Data("hunter2\n".utf8).write(to: URL(fileURLWithPath: place + "/KEY"))
        try Data("pw".utf8).write(to: URL(fileURLWithPath: place + "/db/..data/PASSWORD"))
        try FileManager.default.createSymbolicLink(
            atPath: place + "/db/PASSWORD", withDestinationPath: "..data/PASSWORD")
        let directory = SecretDirectory(path: place)
        #expect(try resolve("KEY", directory) == ["KEY=hunter2"])
        #expect(try resolve("integration=db", directory) == ["PASSWORD=pw"])
        for name in ["name=../KEY", "name=db", "name=."] {
            #expect(throws: ChalkError.self) { try resolve(name, directory) }
        }
        try Data("A='1 2'\nB=3\n".utf8).write(to: URL(fileURLWithPath: place + "/pair"))
        let command = SecretCommand(words: ["cat", place + "/{}"], environment: ["PATH": "/usr/bin:/bin"])
        #expect(try resolve("KEY", command) == ["KEY=hunter2"])
        #expect(try resolve("integration=pair", command) == ["A=1 2", "B=3"])
        let echo = SecretCommand(words: ["echo", "-n"], environment: ["PATH": "/usr/bin:/bin"])
        #expect(try resolve("KEY", echo) == ["KEY=KEY"])
        let error = #expect(throws: ChalkError.self) {
            try resolve("KEY", SecretCommand(words: ["false"], environment: ["PATH": "/usr/bin:/bin"]))
        }
        #expect(
            error?.description == "the secret \"KEY\" has no value: the command false ended with status 1")
        #expect(throws: ChalkError.self) {
            try resolve("KEY", SecretCommand(words: ["no-such-program"], environment: [:]))
        }
        try Data("A=1\n".utf8).write(to: URL(fileURLWithPath: place + "/.env"))
        #expect(try resolve("file=.env", in: place) == ["A=1"])
    }
}
