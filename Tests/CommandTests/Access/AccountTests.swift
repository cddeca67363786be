import ChalkSystem
import ChalkTestSupport
import Foundation
import Testing

/// An account at a registry with passwords, from log-in to log-out, and who else reads what is kept.
@Suite struct AccountTests {
    private static let secrets = ["hunter2", "bWU6aHVudGVyMg=="]

    @Test func fromLogInToLogOut() throws {
        let access = try AccessLab()
        let lab = access.lab
        let registry = try DockerRegistry(users: try access.users())
        let name = "\(registry.name)/team/app:1"
        let file = "\(lab.path)/home/.docker/config.json"

        let before = try access.chalk("push", "busybox", name)
        #expect(before.status == 4)
        #expect(
            before.errors.hasSuffix(
                "\(registry.name) wants a user name and password, and none are known; "
                    + "log in to it first: chalk-image login \(registry.name)\n"
                    + "note: chalk-image auth explain REF shows as whom a registry was asked, and its answers\n"
            ),
            "\(before.errors)")

        let wrong = try access.logIn(registry.name, password: "guess")
        #expect(wrong.status == 4 && !wrong.errors.contains("guess"))
        #expect(
            wrong.errors
                == "error: cannot log in to \(registry.name): the registry answered 401 (unauthorized: authentication required); "
                + "log in with an account that may do this\n")
        #expect(try !lab.exists(file))

        let done = try access.logIn(registry.name, password: "hunter2")
        #expect(done.status == 0 && done.output.isEmpty)
        #expect(
            done.errors
                == "the credentials for \(registry.name) are kept in \(file)\n"
                + "note: they are not encrypted there; docs/registries.md says how a credential helper keeps them\n"
        )
        #expect(try FileSystem.status(file).mode & 0o777 == 0o600)

        let digest = try access.check("push", "busybox", name).line
        #expect(try access.check("pull", name, "--store", "empty").line == digest)
        // FROM uses them too, and so do other people's tools.
        try lab.write("FROM \(name)\nCOPY password /p\n", "Dockerfile")
        try access.check("build", "-q", "-f", "Dockerfile", ".", "--store", "empty2")
        let inspected = try lab.tool(
            "skopeo", "inspect", "--authfile", file, "--tls-verify=false", "--format", "{{.Digest}}",
            "docker://\(name)")
        #expect(inspected.line == digest)
        #expect(
            try lab.tool("buildah", "login", "--get-login", "--authfile", file, registry.name).line == "me")

        let explained = try access.check("auth", "explain", name)
        #expect(AccessLab.holdsNone(of: AccountTests.secrets, explained))
        let url = "http://\(registry.name)/v2/team/app/manifests/1"
        #expect(
            explained.output == """
                pull \(name)

                registry \(name)
                  address       http://\(registry.name) (plain HTTP, no TLS)
                  credentials   \(file): a user name and password for "\(registry.name)"
                  asked         HEAD \(url) anonymously: 401
                                  it wants: Basic realm="tests"
                  asked         HEAD \(url) with basic credentials: 200
                  outcome       granted

                """)
        let pushable = try access.check("auth", "explain", "--push", "--json", name)
        #expect(AccessLab.holdsNone(of: AccountTests.secrets, pushable))
        let document = try object(pushable.bytes)
        #expect(document["granted"] as? Bool == true && document["for"] as? String == "push")
        let exchanges = try objects(try objects(document["places"]).first?["exchanges"])
        #expect(exchanges.map { $0["method"] as? String } == ["POST", "POST", "DELETE"])
        #expect(exchanges.map { $0["authorization"] as? String } == [nil, "basic", "basic"])

        let out = try access.check("logout", registry.name)
        #expect(out.errors == "the credentials for \(registry.name) are no longer in \(file)\n")
        let refused = try access.chalk("auth", "explain", name)
        #expect(refused.status == 4 && refused.output.contains("  credentials   \(file): none\n"))
        let again = try access.chalk("logout", registry.name)
        #expect(again.status == 3)
        #expect(again.errors == "error: there are no credentials for \(registry.name) in \(file)\n")

        // What podman's and skopeo's users have is read where they have it.
        try lab.tool(
            "skopeo", "login", "--authfile", "auth.json", "--tls-verify=false", "-u", "me", "-p", "hunter2",
            registry.name)
        access.variables["REGISTRY_AUTH_FILE"] = "auth.json"
        #expect(try access.check("pull", name, "--store", "empty3").line == digest)
    }

    @Test func wrongUses() throws {
        let access = try AccessLab()
        for (words, expected) in [
            (["login"], "error: a user name is missing: --username NAME; see `chalk-image login --help`\n"),
            (
                ["login", "r.test", "-u", "me"],
                "error: the password comes from standard input alone, as a command line is seen by others: "
                    + "chalk-image login -u NAME --password-stdin r.test <FILE; see `chalk-image login --help`\n"
            ),
            (
                ["login", "r.test", "-u", "me", "--password", "x"],
                "error: unknown flag --password; see `chalk-image login --help`\n"
            ),
            (
                ["login", "host", "-u", "me", "--password-stdin"],
                "error: there is no password on standard input\n"
            ),
            (
                ["logout", "team/app"],
                "error: \"team\" is not a registry; write its host, such as registry.example:5000 or docker.io\n"
            ),
        ] {
            let ran = try access.lab.chalk(words, variables: access.variables)
            #expect(ran.status == 2 && ran.errors == expected, "\(words): \(ran.errors)")
        }
    }

    /// A helper keeps what would be in the file, and what it says is never shown.
    @Test func helpers() throws {
        let access = try AccessLab()
        let lab = access.lab
        let registry = try DockerRegistry(users: try access.users())
        // A program that is not open for writing here, which would keep it from being started.
        func install(_ script: String) throws {
            try lab.write(script, "drawer")
            try lab.tool("install", "-D", "-m", "755", "drawer", "bin/docker-credential-drawer")
        }
        try install(
            """
            #!/bin/sh
            case $1 in
                store) cat >"$HOME/kept" ;;
                get) cat "$HOME/kept" 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;
                erase) rm "$HOME/kept" ;;
            esac
            """)
        access.variables["PATH"] = "\(lab.path)/bin:/usr/bin:/bin"
        access.variables["DOCKER_CONFIG"] = "\(lab.path)/docker"
        try lab.write(#"{"credsStore": "drawer"}"#, "docker/config.json")
        let done = try access.logIn(registry.name, password: "hunter2")
        #expect(
            done.errors
                == "the credentials for \(registry.name) are kept in docker-credential-drawer, as \(lab.path)/docker/config.json says\n"
        )
        #expect(try !lab.text("docker/config.json").contains("bWU6"))
        try access.check("push", "busybox", "\(registry.name)/app:1")
        let explained = try access.check("auth", "explain", "\(registry.name)/app:1")
        #expect(
            explained.output.contains(
                "  credentials   docker-credential-drawer, which credsStore in \(lab.path)/docker/config.json names: "
                    + "a user name and password for \"\(registry.name)\"\n"))
        #expect(AccessLab.holdsNone(of: AccountTests.secrets, explained))
        try access.check("logout", registry.name)
        #expect(try !lab.exists("home/kept"))
        try install("#!/bin/sh\necho hunter2; echo hunter2 >&2; exit 3\n")
        let broken = try access.chalk("push", "busybox", "\(registry.name)/app:2")
        #expect(broken.status == 4 && AccessLab.holdsNone(of: AccountTests.secrets, broken))
        #expect(
            broken.errors.contains(
                "the credential helper docker-credential-drawer ended with 3 when it was asked to get; "
                    + "try it: echo \(registry.name) | docker-credential-drawer get\n"), "\(broken.errors)")
    }
}
