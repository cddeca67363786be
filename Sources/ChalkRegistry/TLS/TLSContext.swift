internal import COpenSSL
internal import ChalkSystem

/// Whom to trust, and what TLS to speak: TLS 1.2 and up, every chain and host name checked unless the
/// material says otherwise.
@safe final class TLSContext: @unchecked Sendable {
    // The handle is configured in `init` and only read after; libssl counts and locks what connections share:
    // hence Sendable.
    let raw: OpaquePointer
    /// Whether it has a client certificate.
    let showsCertificate: Bool

    /// A context for what counts for one host.
    init(_ material: TrustMaterial) throws(Fault) {
        ERR_clear_error()
        guard let raw = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw Fault(.certificate, "libssl has no memory for TLS")
        }
        unsafe self.raw = unsafe raw
        showsCertificate = material.client != nil
        // SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION.
        _ = unsafe SSL_CTX_ctrl(raw, 123, 0x0303, nil)
        // SSL_OP_NO_RENEGOTIATION, SSL_OP_NO_COMPRESSION.
        _ = unsafe SSL_CTX_set_options(raw, 1 << 30 | 1 << 17)
        // SSL_VERIFY_PEER or SSL_VERIFY_NONE.
        unsafe SSL_CTX_set_verify(raw, material.verifies ? 1 : 0, nil)
        if material.verifies { try load(material) }
        if let client = material.client { try show(client) }
    }

    deinit {
        unsafe SSL_CTX_free(raw)
    }

    private func load(_ material: TrustMaterial) throws(Fault) {
        var count = material.authorities.count
        for file in material.authorities where unsafe SSL_CTX_load_verify_locations(raw, file, nil) != 1 {
            throw Fault(.certificate, "the certificate authorities in \(file) cannot be read")
        }
        let others = material.bundles + material.directories.flatMap(TLSContext.files)
        for file in Set(others) where unsafe SSL_CTX_load_verify_locations(raw, file, nil) == 1 {
            count += 1
        }
        // Names that are hashes are looked up when needed.
        for directory in material.directories
        where unsafe SSL_CTX_load_verify_locations(raw, nil, directory) == 1 {
            count += 1
        }
        // What could not be read is no reason to fail, and is not to be taken for a later failure's.
        ERR_clear_error()
        if count == 0 {
            throw Fault(
                .certificate, "this system has no bundle of certificate authorities",
                remedy: "install the package ca-certificates, or name one with --ca-cert or SSL_CERT_FILE")
        }
    }

    /// The files of a directory that libssl would not find by a hash.
    private static func files(in directory: String) -> [String] {
        guard let folder = try? FileDescriptor.directory(directory), let entries = try? folder.entries()
        else {
            return []
        }
        let names = entries.compactMap { String(validating: $0.name, as: UTF8.self) }
        let hashed = names.filter { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 2 && parts[0].utf8.count == 8 && Int(parts[1]) != nil
        }
        let found = hashed.map { name in
            (try? folder.linkTarget(of: name)).map { PathText.name(of: String(decoding: $0, as: UTF8.self)) }
                ?? name
        }
        return Set(names).subtracting(hashed).subtracting(found).map { "\(directory)/\($0)" }
    }

    private func show(_ client: TrustMaterial.ClientCertificate) throws(Fault) {
        guard unsafe SSL_CTX_use_certificate_chain_file(raw, client.certificate) == 1 else {
            throw Fault(.certificate, "the client certificate \(client.certificate) cannot be read")
        }
        // A key with a passphrase is an error, not a question on somebody's terminal.
        unsafe SSL_CTX_set_default_passwd_cb(raw) { _, _, _, _ in -1 }
        // SSL_FILETYPE_PEM.
        guard unsafe SSL_CTX_use_PrivateKey_file(raw, client.key, 1) == 1 else {
            throw Fault(
                .certificate,
                "the client key \(client.key) cannot be read, or is not the one of \(client.certificate)",
                remedy: "it has to be PEM without a passphrase")
        }
    }
}
