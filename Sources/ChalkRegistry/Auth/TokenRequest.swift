internal import ChalkOCI
internal import ChalkSystem

/// A question for a token service, in the two forms that there are: GET with a password (distribution: token
/// authentication), and POST with an identity token (distribution: OAuth 2).
struct TokenRequest {
    /// The service's URL, as the registry names it.
    let realm: HTTPURL
    /// What the service calls the registry.
    let service: String?
    let scopes: [TokenScope]
    /// The registry, whose authorities count for the service as well.
    let home: Origin
    let timeout: Duration

    private var remark: String {
        let parts = [service.map { "service \($0)" }] + scopes.map { "scope \($0)" }
        return PlainText.clean(parts.compactMap { $0 }.joined(separator: ", "), limit: 400)
    }

    /// The GET, with the value of its Authorization field.
    func get(_ authorization: String?) -> HTTPRequest {
        var query: [(name: String, value: String)] = []
        if let service { query.append(("service", service)) }
        for scope in scopes { query.append(("scope", scope.description)) }
        var headers = HTTPHeaders([("Accept", "application/json")])
        headers["Authorization"] = authorization
        return HTTPRequest(
            method: "GET", url: realm.adding(query: query), headers: headers, answerTimeout: timeout,
            home: home, remark: remark)
    }

    /// The POST that exchanges an identity token.
    func refresh(_ token: String) -> HTTPRequest {
        var form: [(name: String, value: String)] = [("grant_type", "refresh_token")]
        if let service { form.append(("service", service)) }
        form.append(("client_id", "chalk-image"))
        if !scopes.isEmpty { form.append(("scope", scopes.map(\.description).joined(separator: " "))) }
        form.append(("refresh_token", token))
        let body = Array(HTTPURL.queryText(form).utf8)
        let headers = HTTPHeaders([
            ("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"),
        ])
        return HTTPRequest(
            method: "POST", url: realm, headers: headers,
            body: RequestBody(length: Int64(body.count), content: BlobContent(whole: { MemorySource(body) })),
            answerTimeout: timeout,
            home: home, remark: remark, staysWithOrigin: true)
    }
}
