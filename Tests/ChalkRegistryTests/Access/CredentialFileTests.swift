import ChalkOCI
import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

@testable import ChalkRegistry

/// Files of credentials and helper programs: what is found, and what is said of what cannot be.
@Suite final class CredentialFileTests {
    private let place: TemporaryDirectory
    private var directory: String { place.path }

    init() throws {
        place = try TemporaryDirectory.make(in: TestPlace.directory, prefix: "chalk-credentials")
        try FileSystem.makeDirectories(directory + "/bin")
    }

    func write(_ text: String, _ name: String, mode: Int = 0o600) throws -> String {
        let path = "\(directory)/\(name)"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    func sources(_ files: String...) -> CredentialSources {
        var sources = CredentialSources()
        sources.files = files
        sources.helperEnvironment = ["PATH": "\(directory)/bin:/usr/bin:/bin", "HELD": directory]
        return sources
    }

    func find(_ name: String, _ sources: CredentialSources) throws -> Credential? {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        return try StoredCredentials(sources).credential(
            for: parts[0], repository: parts.count > 1 ? parts[1] : "")
    }

    /// The user name under which an entry was found.
    func user(_ name: String, _ text: String) throws -> String? {
        switch try find(name, sources(try write(text, "config.json"))) {
        case .basic(let username, let password):
            #expect(password == "secret")
            return username
        case .identityToken(let username, let token): return "\(username) with \(token)"
        case nil: return nil
        }
    }

    static func auths(_ entries: [String: String]) -> String {
        let members = entries.sorted { $0.key < $1.key }.map { key, user in
            "\"\(key)\": {\"auth\": \"\(Base64.encode(Array("\(user):secret".utf8)))\"}"
        }
        return "{\"auths\": {\(members.joined(separator: ", "))}}"
    }

    @Test(
        arguments: [
            (["r.test"], "r.test/a", "r.test"), (["https://r.test"], "r.test/a", "https://r.test"),
            (["http://r.test/v1/"], "r.test/a", "http://r.test/v1/"),
            (["https://r.test/v2/"], "r.test/a", "https://r.test/v2/"),
            (["R.Test"], "r.test/a", "R.Test"), (["r.test:5000"], "r.test/a", nil),
            (["r.test"], "r.test:5000/a", nil),
            (["r.test", "r.test/team"], "r.test/team/app", "r.test/team"),
            (["r.test", "r.test/team"], "r.test/teams/app", "r.test"),
            (["r.test/team/app", "r.test/team"], "r.test/team/app", "r.test/team/app"),
            (["r.test/team/app"], "r.test/team/app2", nil), (["r.test/team"], "r.test", nil),
            (["https://index.docker.io/v1/"], "docker.io/library/a", "https://index.docker.io/v1/"),
            (["docker.io"], "docker.io/library/a", "docker.io"),
            (["index.docker.io/v1/"], "docker.io/a/b", "index.docker.io/v1/"),
            (["registry-1.docker.io"], "docker.io/a/b", "registry-1.docker.io"),
            (["docker.io", "docker.io/team"], "docker.io/team/b", "docker.io/team"),
            (["localhost:5000"], "localhost:5000/a", "localhost:5000"), ([], "r.test/a", nil),
        ] as [([String], String, String?)])
    func names(keys: [String], name: String, expected: String?) throws {
        // Each user is named after its key, without what a user name may not hold.
        let users = Dictionary(
            uniqueKeysWithValues: keys.map { ($0, $0.split(separator: ":").joined(separator: ";")) })
        let found = try user(name, CredentialFileTests.auths(users))
        #expect(found == expected?.split(separator: ":").joined(separator: ";"))
    }

    @Test(
        arguments: [
            (#"{"auths": {"r.test": {"username": "me", "password": "secret"}}}"#, "me"),
            (#"{"auths": {"r.test": {"auth": "bWU6c2VjcmV0AAA="}}}"#, "me"),
            (#"{"auths": {"r.test": {"auth": "bWU6c2VjcmV0", "identitytoken": "tok"}}}"#, "me with tok"),
            (#"{"auths": {"r.test": {"identitytoken": "tok"}}}"#, " with tok"),
            (#"{"auths": {"r.test": {}}}"#, nil), (#"{"auths": {"r.test": {"auth": ""}}}"#, nil),
            (#"{"auths": {}}"#, nil), ("{}", nil), ("", nil), (" \n", nil),
        ] as [(String, String?)])
    func entries(text: String, expected: String?) throws {
        #expect(try user("r.test/a", text) == expected)
    }

    @Test(arguments: [
        (
            #"{"auths": {"r.test": {"auth": "c2VjcmV0"}}}"#,
            #"the entry "r.test" in F is not base64 of a user name, a colon and a password"#
        ),
        (
            #"{"auths": {"r.test": {"auth": "s~cret"}}}"#,
            #"the entry "r.test" in F is not base64 of a user name, a colon and a password"#
        ),
        (#"{"auths": {"r.test": "secret"}}"#, #"the entry "r.test" in F is no JSON object"#),
        ("[]", "the credentials in F are no JSON object"),
        (#"{"auths": secret"#, "the credentials in F are not valid JSON: unexpected byte at byte 10"),
    ])
    func brokenFiles(text: String, reason: String) throws {
        let path = try write(text, "config.json")
        let fault = #expect(throws: Fault.self) { try find("r.test/a", sources(path)) }
        #expect(fault?.reason == reason.split(separator: " F ", maxSplits: 1).joined(separator: " \(path) "))
    }

    @Test func theFirstFileThatHasSomethingCounts() throws {
        let docker = try write(CredentialFileTests.auths(["a.test": "docker"]), "config.json")
        let podman = try write(
            CredentialFileTests.auths(["a.test": "podman", "b.test": "podman"]), "auth.json")
        let sources = sources("/nonexistent/config.json", docker, podman)
        #expect(try find("a.test/x", sources) == .basic(username: "docker", password: "secret"))
        #expect(try find("b.test/x", sources) == .basic(username: "podman", password: "secret"))
        #expect(try find("c.test/x", sources) == nil)
    }

    @Test(
        arguments: [
            ([:], []),
            (["HOME": "/h"], ["/h/.docker/config.json", "/h/.config/containers/auth.json"]),
            (
                ["HOME": "/h", "XDG_RUNTIME_DIR": "/r", "XDG_CONFIG_HOME": "/c"],
                ["/h/.docker/config.json", "/r/containers/auth.json", "/c/containers/auth.json"]
            ),
            (["HOME": "/h", "DOCKER_CONFIG": "/d"], ["/d/config.json"]),
            (["HOME": "/h", "DOCKER_CONFIG": "/d", "REGISTRY_AUTH_FILE": "/f"], ["/f"]),
            (
                ["HOME": "/h", "DOCKER_CONFIG": "", "REGISTRY_AUTH_FILE": ""],
                ["/h/.docker/config.json", "/h/.config/containers/auth.json"]
            ),
        ] as [([String: String], [String])])
    func variables(environment: [String: String], expected: [String]) {
        #expect(CredentialSources(environment: environment).files == expected)
    }

    /// A helper in shell that keeps its one credential in a file.
    func helper(_ name: String, _ get: String) throws {
        let script = try write(
            """
            #!/bin/sh
            read -r server
            echo "$1 $server" >>"$HELD/asked"
            case $1 in
                get) \(get) ;;
                store) printf '%s' "$server" >"$HELD/stored" ;;
                erase) rm -f "$HELD/stored" ;;
            esac
            """, name)
        // Nobody can start a file that this process has open for writing, be it in another child.
        try BuiltCommand.check(["install", "-m", "755", script, "\(directory)/bin/docker-credential-\(name)"])
    }

    @Test func helpers() throws {
        try helper("ours", #"printf '{"ServerURL":"x","Username":"me","Secret":"secret"}'"#)
        try helper("token", #"printf '{"Username":"<token>","Secret":"tok"}'"#)
        try helper("empty", "echo 'credentials not found in native keychain'; exit 1")
        let path = try write(
            """
            {"credsStore": "empty", "credHelpers": {"a.test": "ours", "docker.io": "token"},
             "auths": {"a.test": {}, "b.test": {"auth": "Ynk6c2VjcmV0"}}}
            """, "config.json")
        let sources = sources(path)
        #expect(try find("a.test/x", sources) == .basic(username: "me", password: "secret"))
        #expect(try find("docker.io/x/y", sources) == .identityToken(username: "", token: "tok"))
        // What the helper has not, the file may have.
        #expect(try find("b.test/x", sources) == .basic(username: "by", password: "secret"))
        #expect(
            try String(contentsOfFile: "\(directory)/asked", encoding: .utf8)
                == "get a.test\nget https://index.docker.io/v1/\nget b.test\n")
    }

    @Test(
        arguments: [
            (
                "echo hunter2; exit 1", "ended with 1 when it was asked to get",
                "try it: echo a.test | docker-credential-h get"
            ),
            (
                #"echo '{"Secret": "hunter2"}' >&2; kill -9 $$"#,
                "was ended by signal 9 when it was asked to get",
                "try it: echo a.test | docker-credential-h get"
            ),
            ("echo hunter2", "does not answer like one", "try it: echo a.test | docker-credential-h get"),
            (
                #"echo '{"Username": "hunter2"}'"#, "does not answer like one",
                "try it: echo a.test | docker-credential-h get"
            ),
            ("yes hunter2", "answers more than 1048576 bytes", nil),
        ] as [(String, String, String?)])
    func brokenHelpers(script: String, reason: String, remedy: String?) throws {
        try helper("h", script)
        let path = try write(#"{"credHelpers": {"a.test": "h"}}"#, "config.json")
        let fault = #expect(throws: Fault.self) { try find("a.test/x", sources(path)) }
        #expect(fault?.reason == "the credential helper docker-credential-h \(reason)")
        #expect(fault?.remedy == remedy)
    }

    @Test(arguments: ["missing", "../bin/h", "a b"]) func helpersThatAreNotThere(name: String) throws {
        let path = try write(#"{"credsStore": "\#(name)"}"#, "config.json")
        let fault = #expect(throws: Fault.self) { try find("a.test/x", sources(path)) }
        #expect(fault?.reason == "the credential helper docker-credential-\(name) is not on PATH")
    }

    @Test func aHelperThatTakesTooLong() throws {
        try helper("slow", "exec sleep 600")
        let helper = try CredentialHelper(
            named: "slow", environment: sources().helperEnvironment, timeout: .milliseconds(200))
        let fault = #expect(throws: Fault.self) { try helper.get("a.test") }
        #expect(
            fault?.reason == "the credential helper docker-credential-slow did not answer get within 200 ms")
    }

    // MARK: changes

    let account = CredentialSources.Account(username: "me", password: "s:cret")

    @Test func whatIsKeptStaysAmongEverythingElse() throws {
        let path = try write(
            """
            {
              "psFormat": "table {{.ID}}",
              "auths": {"https://r.test/v1/": {"auth": "b2xkOm9sZA==", "email": "x"}, "o.test": {"auth": "bzpv"}, "r.test": {}},
              "detachKeys": "ctrl-e", "number": 1.50, "nested": {"a": [1, null, true]}
            }
            """, "config.json", mode: 0o644)
        let place = try sources(path).keep(account, for: "r.test")
        #expect(place == CredentialPlace(file: path, helper: nil))
        let expected = """
            {
              "psFormat": "table {{.ID}}",
              "auths": {
                "r.test": {
                  "auth": "bWU6czpjcmV0"
                },
                "o.test": {
                  "auth": "bzpv"
                }
              },
              "detachKeys": "ctrl-e",
              "number": 1.50,
              "nested": {
                "a": [
                  1,
                  null,
                  true
                ]
              }
            }

            """
        #expect(try String(contentsOfFile: path, encoding: .utf8) == expected)
        #expect(try FileSystem.status(path).mode & 0o777 == 0o600)
        #expect(try find("r.test/x", sources(path)) == .basic(username: "me", password: "s:cret"))
        #expect(try sources(path).forget("r.test") == place)
        #expect(try find("r.test/x", sources(path)) == nil)
        #expect(try find("o.test/x", sources(path)) == .basic(username: "o", password: "o"))
        #expect(try sources(path).forget("r.test") == nil)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["bin", "config.json"])
    }

    @Test func aNewFileInANewDirectory() throws {
        let path = "\(directory)/new/deep/config.json"
        _ = try sources(path).keep(account, for: "docker.io")
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "{\n  \"auths\": {\n    \"https://index.docker.io/v1/\": {\n      \"auth\": \"bWU6czpjcmV0\"\n    }\n  }\n}\n"
        )
        #expect(try FileSystem.status(path).mode & 0o777 == 0o600)
        #expect(try FileSystem.status("\(directory)/new").mode & 0o777 == 0o700)
    }

    @Test func aLinkStaysALink() throws {
        let real = try write("{}", "real.json")
        let link = "\(directory)/config.json"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real.json")
        _ = try sources(link).keep(account, for: "r.test")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real.json")
        #expect(try find("r.test/x", sources(real)) != nil)
    }

    @Test func aBrokenFileIsLeftAlone() throws {
        let path = try write("{broken", "config.json")
        let error = #expect(throws: RegistryError.self) { try sources(path).keep(account, for: "r.test") }
        #expect(
            error?.description
                == "cannot keep the credentials for r.test: the credentials in \(path) are not valid JSON: "
                + "a member name is missing at byte 1; repair or remove the file")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "{broken")
        let nowhere = #expect(throws: RegistryError.self) { try sources().keep(account, for: "r.test") }
        #expect(
            nowhere?.description
                == "cannot keep the credentials for r.test: there is no file for credentials; "
                + "set HOME or DOCKER_CONFIG, or name one with --authfile")
    }

    @Test func helpersKeepThem() throws {
        try helper(
            "ours",
            #"[ -e "$HELD/stored" ] && printf '{"Username":"me","Secret":"s:cret"}' || { echo 'credentials not found in native keychain'; exit 1; }"#
        )
        let path = try write(#"{"credsStore": "ours"}"#, "config.json")
        let place = CredentialPlace(file: path, helper: "docker-credential-ours")
        #expect(try sources(path).keep(account, for: "r.test") == place)
        #expect(
            try String(contentsOfFile: "\(directory)/stored", encoding: .utf8)
                == #"{"ServerURL":"r.test","Username":"me","Secret":"s:cret"}"#)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "{\n  \"credsStore\": \"ours\",\n  \"auths\": {\n    \"r.test\": {}\n  }\n}\n")
        #expect(try find("r.test/x", sources(path)) == .basic(username: "me", password: "s:cret"))
        #expect(try sources(path).forget("r.test") == place)
        #expect(!FileManager.default.fileExists(atPath: "\(directory)/stored"))
        #expect(try sources(path).forget("r.test") == nil)
    }

    @Test func manyAtOnceLoseNothing() throws {
        let path = "\(directory)/config.json"
        let sources = sources(path)
        _ = try IOPool.shared.concurrentMap(Array(0..<16), width: 8) { [account] number in
            try sources.keep(account, for: "r\(number).test")
        }
        #expect(try #require(try CredentialFile(path)).json["auths"]?.members?.count == 16)
    }

    @Test func nothingShowsASecret() {
        var sources = CredentialSources()
        sources.accounts = ["r.test": account]
        sources.helperEnvironment = ["TOKEN": "s:cret"]
        var text = ""
        dump(sources, to: &text)
        #expect(!"\(sources) \(account) \(text)".contains("s:cret"))
    }
}
