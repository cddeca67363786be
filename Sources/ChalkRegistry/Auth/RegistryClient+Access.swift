internal import ChalkOCI

extension RegistryClient {
    /// Asks a registry whether it lets in who the credentials say we are.
    ///
    /// - Returns: whether it wanted to know at all.
    package func checkAccount(at registry: String) throws -> Bool {
        try naming("log in to \(registry)") {
            let whole = Reference(registry: registry, repository: "", tag: nil, digest: nil)
            return try retrying {
                let url = HTTPURL(origin: try origin(of: registry), target: "/v2/")
                let response = try perform("GET", url, for: whole, scopes: [])
                guard response.status == 200 else { throw fault(response, for: whole, scopes: []) }
                response.body.discard()
                return try isAuthorized(whole, scopes: [])
            }
        }
    }

    /// Asks whether a repository may be pushed to: an upload is opened and given up.
    func checkPush(to reference: Reference) throws {
        let digest = Digest.of([])
        guard let session = try open(digest, reference, mountFrom: nil) else { return }
        let scopes = BlobUpload.scopes(reference, mountFrom: nil)
        _ = try? perform("DELETE", session.url, for: reference, scopes: scopes).body.discard()
    }
}
