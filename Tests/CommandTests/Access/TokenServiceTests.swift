import ChalkTestSupport
import Testing

/// docker-registry with a token service beside it.
@Suite struct TokenServiceTests {
    @Test func tokensForEachPurpose() throws {
        let access = try AccessLab()
        let service = try TokenService()
        let registry = try DockerRegistry(tokens: (service.realm, service.bundle))
        let name = "\(registry.name)/team/app:1"

        let wrong = try access.logIn(registry.name, password: "guess")
        #expect(wrong.status == 4)
        #expect(wrong.errors.contains("answered 401 (incorrect username or password)"), "\(wrong.errors)")
        #expect(try access.logIn(registry.name, password: "hunter2").status == 0)
        #expect(service.questions.suffix(1) == ["/token?service=tests"])

        let digest = try access.check("push", "busybox", name).line
        #expect(service.questions.last == "/token?service=tests&scope=repository:team/app:pull,push")
        // Whoever pulled it knows where its layers are, so that another repository can take them from there.
        try access.check("pull", name, "--store", "second")
        try access.check("push", name, "\(registry.name)/other/app:1", "--store", "second")
        #expect(
            service.questions.contains(
                "/token?service=tests&scope=repository:other/app:pull,push&scope=repository:team/app:pull"),
            "\(service.questions)")
        #expect(
            !registry.requests.contains {
                $0.hasPrefix("PATCH /v2/other/")
                    || $0.hasPrefix("PUT /v2/other/app/blobs/uploads") && !$0.contains("digest")
            })

        let explained = try access.check("auth", "explain", name)
        #expect(
            explained.output.contains(
                "  it wants: Bearer realm=\"\(service.realm)\",service=\"tests\",scope=\"repository:team/app:pull\"\n"
            ))
        #expect(
            explained.output.contains(
                "  asked         GET \(service.realm) (service tests, scope repository:team/app:pull) with basic credentials: 200\n"
            ))
        #expect(explained.output.contains(" with a token: 200\n"))
        #expect(AccessLab.holdsNone(of: ["hunter2", "bWU6", "eyJ"], explained))

        // Without an account, pulls are granted and pushes are not.
        try access.check("logout", registry.name)
        #expect(try access.check("pull", name, "--store", "third").line == digest)
        let refused = try access.chalk("push", "busybox", "\(registry.name)/new/app:1")
        #expect(refused.status == 4, "\(refused.errors)")
        #expect(try access.chalk("auth", "explain", "--push", name).status == 4)
    }
}
