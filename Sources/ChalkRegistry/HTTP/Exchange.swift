/// One request and the head of its answer, for people: without bodies and without anything that proves who
/// asked.
package struct Exchange: Hashable, Sendable {
    /// `GET`.
    package let method: String
    /// Without its query, which may hold a signature.
    package let url: String
    /// What else was asked for, where that is no secret: the scopes of a token.
    package let remark: String?
    /// How the request proved who asks, in lower case: `basic`, `bearer`; nil for not at all.
    package let authorization: String?
    /// The proxy that it went through.
    package let proxy: String?
    /// The status of the answer.
    package let status: Int
    /// What the answer asks for as proof, as it says it: `Bearer realm="…",service="…"`.
    package let challenges: [String]
}

extension Exchange {
    init(_ request: HTTPRequest, _ answer: HTTPResponseHead, proxy: Proxy?) {
        method = request.method
        url = request.url.description
        remark = request.remark
        authorization = request.headers["Authorization"].map {
            String($0.prefix { $0 != " " }).lowercased()
        }
        self.proxy = proxy?.description
        status = answer.status
        challenges = answer.headers.all("WWW-Authenticate").map { PlainText.clean($0, limit: 400) }
    }
}
