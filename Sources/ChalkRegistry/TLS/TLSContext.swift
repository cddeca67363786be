internal import COpenSSL
internal import ChalkSystem

/// Whom to trust, and what TLS to speak: TLS 1.2 and up, every chain and host name checked.
@safe final class TLSContext: @unchecked Sendable {
    // The handle is configured in `init` and only read after; libssl counts and locks what connections share:
    // hence Sendable.
    let raw: OpaquePointer

    /// Where distributions keep their bundle: Debian, Fedora, openSUSE, Alpine.
    static let systemBundles = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]

    /// A context that trusts the authorities in `bundle` (the system's when nil) and in `extra`: PEM files.
    init(bundle: String?, extra: [String]) throws(Fault) {
        ERR_clear_error()
        guard let raw = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw Fault(.certificate, "libssl has no memory for TLS")
        }
        unsafe self.raw = unsafe raw
        // SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION.
        _ = unsafe SSL_CTX_ctrl(raw, 123, 0x0303, nil)
        // SSL_OP_NO_RENEGOTIATION, SSL_OP_NO_COMPRESSION.
        _ = unsafe SSL_CTX_set_options(raw, 1 << 30 | 1 << 17)
        // SSL_VERIFY_PEER.
        unsafe SSL_CTX_set_verify(raw, 1, nil)
        var files = extra
        if let bundle {
            files.append(bundle)
        } else {
            let found = TLSContext.systemBundles.first { path in
                (try? FileSystem.statusIfPresent(path))?.kind == .file
            }
            guard let found else {
                throw Fault(
                    .certificate, "this system has no bundle of certificate authorities",
                    remedy: "install the package ca-certificates")
            }
            files.append(found)
        }
        for file in files where unsafe SSL_CTX_load_verify_locations(raw, file, nil) != 1 {
            throw Fault(.certificate, "the certificate authorities in \(file) cannot be read")
        }
    }

    deinit {
        unsafe SSL_CTX_free(raw)
    }
}
